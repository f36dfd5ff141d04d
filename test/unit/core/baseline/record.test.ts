import { describe, expect, it } from 'vitest';
import {
  noiseOf,
  noiseProblem,
  recordOf,
} from '../../../../packages/core/src/baseline/record.js';
import {
  BASELINE_METRICS,
  tolerancesFor,
} from '../../../../packages/core/src/compare/tolerance.js';
import { compareRecords } from '../../../../packages/core/src/compare.js';
import { spread } from '../../../../packages/core/src/stats.js';
import type {
  BaselineRecord,
  Callsite,
  Frame,
  PartialMeasurement,
} from '../../../../packages/core/src/types.js';

const root = '/home/ada/app';

const empty: PartialMeasurement = {
  tier: 'baseline',
  ledger: 'total',
  kind: 'sync',
  warmup: 10,
  iterations: 1,
  rounds: 5,
  nodeVersion: 'v22.1.0',
  durationMs: 1,
  rss: { unavailable: 'in tests' },
  gc: { minorCount: 0, majorCount: 0, pauseMs: 0 },
  heap: {},
  native: {},
  spread: {},
  callsites: [],
};

function record(
  measurement: Partial<PartialMeasurement>,
  metrics = BASELINE_METRICS,
): BaselineRecord {
  return recordOf(
    { ...empty, ...measurement },
    {
      world: { node: '22.1.0', v8: '12.4', platform: 'linux', arch: 'x64' },
      highwater: '0.1.0',
      root,
      metrics,
    },
  );
}

function callsite(name: string, file: string, line: number, bytes: number): Callsite {
  const frame: Frame = {
    functionName: name,
    file,
    line,
    column: 1,
    origin: 'user',
  };
  return { frames: [frame], allocatedBytes: bytes, allocatedCount: 1 };
}

describe('a record', () => {
  it('has only what was measured and asked for', () => {
    const { heap, native } = record(
      {
        heap: { allocatedBytes: 10, peakBytes: 5, peakUsedBytes: 7, retainedBytes: 0 },
        native: { allocatedBytes: undefined, retainedBytes: 3 },
      },
      ['allocatedBytes', 'retainedBytes'],
    );
    expect(Object.keys(heap)).toEqual(['allocatedBytes', 'retainedBytes']);
    expect(native).toEqual({ retainedBytes: { value: 3, spread: 0, rounds: 1 } });
  });

  it('rounds to three decimals', () => {
    const { heap } = record({ heap: { allocatedBytes: 1 / 3, retainedBytes: -0.0001 } });
    expect(heap.allocatedBytes?.value).toBe(0.333);
    expect(Object.is(heap.retainedBytes?.value, 0)).toBe(true);
  });

  it('holds no peak above what was allocated', () => {
    const { heap } = record({
      heap: { allocatedBytes: 100, peakBytes: 900 },
      spread: { allocatedBytes: spread([100]), peakBytes: spread([80, 900, 950]) },
    });
    expect(heap.peakBytes).toEqual({ value: 100, spread: 20, rounds: 3 });
  });

  it('adds up the callers of a function, and names files from the root', () => {
    const { callsites } = record({
      callsites: [
        callsite('parse', `${root}/src/parser.ts`, 7, 100),
        callsite('walk', `${root}/../shared/walk.ts`, 1, 50),
        callsite('parse', `${root}/src/parser.ts`, 7, 10),
        callsite('x', '/a/node_modules/.pnpm/acorn@8/node_modules/acorn/a.js', 3, 5),
        callsite('', '', 0, 1),
      ],
    });
    expect(
      callsites.map(({ file, allocatedBytes, allocatedCount }) => [
        file,
        allocatedBytes,
        allocatedCount,
      ]),
    ).toEqual([
      ['', 1, 1],
      ['../shared/walk.ts', 50, 1],
      ['node_modules/acorn/a.js', 5, 1],
      ['src/parser.ts', 110, 2],
    ]);
  });

  it('lists 40 functions and adds up the others', () => {
    const callsites = Array.from({ length: 42 }, (_, i) =>
      callsite(`f${i}`, `${root}/f.ts`, i, 100 - i),
    );
    const made = record({ callsites });
    expect(made.callsites).toHaveLength(40);
    expect(made.otherCallsites).toEqual({
      siteCount: 2,
      allocatedBytes: 59 + 60,
      allocatedCount: 2,
    });
    expect(record({ callsites: callsites.slice(0, 40) }).otherCallsites).toBeUndefined();
  });
});

describe('noise', () => {
  it.each([
    [[5], 'sync', 0],
    [[5, 9], 'sync', 4],
    [[5, 9, 6], 'sync', 4],
    [[5, 5, 5, 5, 90], 'sync', 0],
    [[5, 6, 7, 8, 90], 'sync', 2],
    [[5, 90, 91], 'async', 85],
    [[5, 6, 7, 90, 91], 'async', 2],
    [[5], 'async', 0],
  ] as const)('of %j, %s, is %d', (values, kind, noise) => {
    expect(noiseOf(values, kind)).toBe(noise);
  });
});

describe('windows that broke other gates', () => {
  // Published by others, in MB: one module of an unchanged program, build after build.
  const measured = (values: readonly number[]): PartialMeasurement => {
    const of = spread(values.map((mb) => mb * 1e6));
    return {
      ...empty,
      heap: { retainedBytes: of.median },
      spread: { retainedBytes: of },
    };
  };

  it.each([[[-73, -74.1, -7.6, -19.4, -120.1]], [[106.7, -1.4, -8.5, -8.6, 131]]])(
    '%j is not recorded',
    (values) => {
      expect(noiseProblem(measured(values), ['retainedBytes'])).toMatchObject({
        code: 'baseline-too-noisy',
      });
    },
  );

  it('one round that is far out is no reason not to record', () => {
    const of = measured([0.001, 0.001, 0.001, 0.001, 90]);
    expect(noiseProblem(of, ['retainedBytes'])).toBeUndefined();
  });

  const steady = measured([50, 50.1, 49.9, 50, 50.2]);
  const nearZero = measured([0, 0.005, 0, 0.004, -0.002]);
  it.each([
    ['around 50', steady, [50.1, 50, 49.9, 50.3, 50], 'equal'],
    [
      'around 50, and then 100 more',
      steady,
      [150, 150.1, 149.9, 150, 150.2],
      'regressed',
    ],
    ['around zero', nearZero, [0.002, 0, 0.006, 0, 0], 'equal'],
    ['around zero, and then 100', nearZero, [100, 100, 100.1, 100, 100], 'regressed'],
  ])('%s', (_, before, values, expected) => {
    expect(noiseProblem(before, ['retainedBytes'])).toBeUndefined();
    const now = record(measured(values));
    const { verdict } = compareRecords(
      record(before),
      now,
      tolerancesFor('sync', undefined),
    );
    expect(verdict).toBe(expected);
  });
});
