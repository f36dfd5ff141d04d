import type { Measurement } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FRESH_PROCESSES, measureVictims, repeat } from './victim-process.js';

/** The distinct values, so that a failure shows them. */
function distinct(values: readonly number[]): readonly number[] {
  return [...new Set(values)].sort((a, b) => a - b);
}

function relativeWidth(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / Math.min(...values);
}

describe('an empty function and 1,000 objects of two properties', () => {
  let empty: readonly Measurement[];
  let points: readonly Measurement[];

  beforeAll(async () => {
    // Either is the first thing that half of the processes measure.
    const measured = await repeat(FRESH_PROCESSES, async (index) => {
      const isEmptyFirst = index % 2 === 0;
      const victims = isEmptyFirst ? ['empty', 'points'] : ['points', 'empty'];
      const [first, second] = await measureVictims({ victims });
      return isEmptyFirst
        ? { empty: first!, points: second! }
        : { empty: second!, points: first! };
    });
    empty = measured.map((process) => process.empty);
    points = measured.map((process) => process.points);
  });

  it.each([
    'allocatedBytes',
    'allocatedCount',
    'peakBytes',
    'peakUsedBytes',
    'retainedBytes',
  ] as const)('says 0 %s for an empty function in 20 fresh processes', (metric) => {
    expect(distinct(empty.map((measurement) => measurement[metric]))).toEqual([0]);
  });

  it('counts 1,000 objects in 20 fresh processes', () => {
    expect(distinct(points.map(({ allocatedCount }) => allocatedCount))).toEqual([1_000]);
  });

  // An object is 24 B and 8 B for each property. Unoptimised code puts 16 B behind every
  // literal that remember where it was allocated.
  it('measures the same bytes in 20 fresh processes', () => {
    expect(distinct(points.map(({ allocatedBytes }) => allocatedBytes))).toEqual([
      56_000,
    ]);
  });

  it('finds nothing retained in 20 fresh processes', () => {
    expect(distinct(points.map(({ retainedBytes }) => retainedBytes))).toEqual([0]);
  });

  it('measures the same after the function was optimised', async () => {
    const hot = await repeat(2, () => measureVictims({ victims: ['points'], hot: true }));
    for (const [measurement] of hot) {
      expect(measurement).toMatchObject({
        allocatedBytes: 56_000,
        allocatedCount: 1_000,
      });
    }
  });

  it('measures the same after 20 other measured functions, hot or not', async () => {
    const after = await repeat(2, (index) =>
      measureVictims({ victims: ['points'], afterOthers: 20, hot: index === 1 }),
    );
    for (const [measurement] of after) {
      expect(measurement).toMatchObject({
        allocatedBytes: 56_000,
        allocatedCount: 1_000,
      });
    }
  });

  it('names the function that allocates', () => {
    const [callsite] = points[0]!.callsites;
    expect(callsite).toMatchObject({ allocatedCount: 1_000, allocatedBytes: 56_000 });
    expect(callsite!.frames[0]).toMatchObject({ functionName: 'makePoints' });
  });
});

describe('what the language and the layout of V8 objects define', () => {
  const EXACT = [
    // 1,000 pairs of string halves, 32 B each.
    { victim: 'strings', bytes: 32_000, count: 1_000 },
    // A map of 32 B and its tables: 40 B and 28 B a place, for 4, 8, ... 1,024 places.
    { victim: 'mapEntries', bytes: 57_624, count: 10 },
    // An instance (24 B and 8 B for each property), an array (32 B, and 16 B as any
    // literal), its elements (16 B and 8 B for each).
    { victim: 'instances', bytes: 120_000, count: 3_000 },
  ];
  let measured: ReadonlyMap<string, readonly Measurement[]>;

  beforeAll(async () => {
    measured = await measureInAll(EXACT.map(({ victim }) => victim));
  });

  it.each(EXACT)(
    '$victim: $count objects and $bytes B in 20 fresh processes',
    (known) => {
      const measurements = measured.get(known.victim)!;
      expect(distinct(measurements.map(({ allocatedCount }) => allocatedCount))).toEqual([
        known.count,
      ]);
      expect(distinct(measurements.map(({ allocatedBytes }) => allocatedBytes))).toEqual([
        known.bytes,
      ]);
    },
  );
});

describe('what V8 puts outside the young generation', () => {
  const OUTSIDE = ['classes', 'prototypes', 'accessors', 'proxies'];
  let measured: ReadonlyMap<string, readonly Measurement[]>;

  beforeAll(async () => {
    measured = await measureInAll(OUTSIDE, { internals: true });
  });

  it.each(OUTSIDE)('%s: the bytes of all its objects in 20 fresh processes', (victim) => {
    const measurements = measured.get(victim)!;
    const sums = measurements.map(({ callsites }) =>
      callsites.reduce((sum, { allocatedBytes }) => sum + allocatedBytes, 0),
    );
    // On the heap: V8 also asks `malloc` for tables of the pointers from there to young objects.
    const bytes = measurements.map(({ heap }) => heap.allocatedBytes);
    expect(distinct(bytes)).toEqual(distinct(sums));
    expect(distinct(bytes)).toHaveLength(1);
  });
});

describe('more than a page of V8 at once', () => {
  // Where a page of the young generation (256 kB) ends, what is left of it is less than
  // the next object and counts as allocated: up to one object for each page. Which one it
  // is may vary between processes, by less than a thousandth of the bytes.
  const PAGED = [
    // An array (32 B and 16 B) and its elements (32 B).
    { victim: 'pairs', bytes: 800_000, count: 20_000, mostWasted: 4 * 80 },
    // A closure (64 B) and the context it captures (32 B).
    { victim: 'closures', bytes: 480_000, count: 10_000, mostWasted: 2 * 96 },
  ];
  const VARIED = ['jsonDocument', 'generators', 'asyncChain'];
  let measured: ReadonlyMap<string, readonly Measurement[]>;

  beforeAll(async () => {
    const victims = [...PAGED.map(({ victim }) => victim), ...VARIED];
    measured = await measureInAll(victims, { rounds: 1 });
  });

  it.each(PAGED)('$victim: $count objects in 20 fresh processes', ({ victim, count }) => {
    const counts = measured.get(victim)!.map(({ allocatedCount }) => allocatedCount);
    expect(distinct(counts)).toEqual([count]);
  });

  it.each(PAGED)(
    '$victim: $bytes B and the ends of pages, within a thousandth in 20 fresh processes',
    ({ victim, bytes, mostWasted }) => {
      const values = measured.get(victim)!.map(({ allocatedBytes }) => allocatedBytes);
      expect(Math.min(...values)).toBeGreaterThanOrEqual(bytes);
      expect(Math.max(...values)).toBeLessThanOrEqual(bytes + mostWasted);
    },
  );

  it.each(VARIED)('%s: bytes within a thousandth over 20 fresh processes', (victim) => {
    const values = measured.get(victim)!.map(({ allocatedBytes }) => allocatedBytes);
    expect(relativeWidth(values), distinct(values).join(' ')).toBeLessThanOrEqual(0.001);
  });
});

/** Measures all victims in each process, beginning with another one each time. */
async function measureInAll(
  victims: readonly string[],
  options: object = {},
): Promise<ReadonlyMap<string, readonly Measurement[]>> {
  const measured = new Map(victims.map((victim) => [victim, [] as Measurement[]]));
  await repeat(FRESH_PROCESSES, async (index) => {
    const turn = index % victims.length;
    const order = [...victims.slice(turn), ...victims.slice(0, turn)];
    const results = await measureVictims({ victims: order, options });
    order.forEach((victim, position) => {
      measured.get(victim)!.push(results[position]!);
    });
  });
  return measured;
}
