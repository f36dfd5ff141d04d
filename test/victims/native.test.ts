import type { Measurement, NativeCallsite } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildVictimAddon } from './native/build.mjs';
import { judgeVictims, lineOf, measureVictims } from './victim-process.js';

const PROGRAM = 'programs/native.mjs';
const MiB = 2 ** 20;

let measured: ReadonlyMap<string, Measurement>;

function nativeOf(victim: string): Measurement['native'] {
  return measured.get(victim)!.native;
}

/** `foo:13 < bar:18`, innermost first, with the lines of the calls. */
function stackOf({ frames }: NativeCallsite): string {
  return frames.map(({ functionName, line }) => `${functionName}:${line}`).join(' < ');
}

function lineIn(text: string): number {
  return lineOf(text, PROGRAM);
}

const EXACT = [
  { victim: 'keepsHalf', bytes: 64 * MiB, count: 1_024, retained: 32 * MiB },
  { victim: 'risesAndFalls', bytes: 64 * MiB, count: 1_024, peak: 64 * MiB },
  { victim: 'reallocs', bytes: 16 * (2 ** 11 - 1), count: 11, peak: 16 * 2 ** 10 },
  { victim: 'everyKind', bytes: 4_000, count: 4, peak: 4_000 },
  { victim: 'failingRealloc', bytes: 5_000, count: 1, peak: 5_000 },
  { victim: 'leakedBlock', bytes: 300, count: 1, retained: 300 },
  { victim: 'untouched', bytes: 5_000_000_000, count: 1, peak: 5_000_000_000 },
  { victim: 'empty', bytes: 0, count: 0, peak: 0 },
  { victim: 'points', bytes: 0, count: 0, peak: 0 },
] as const;

/** Within 1 % of what the program asks for; at most 1 kB of bookkeeping a store. */
const NEAR = [
  {
    victim: 'manyStores',
    bytes: 200_000_000,
    stores: 200,
    stack: () => {
      const foo = `foo:${lineIn('return new ArrayBuffer(1_000_000);')}`;
      const bar = `bar:${lineIn('last = foo();')}`;
      return `${foo} < ${bar} < callBar:${lineIn('return bar();')}`;
    },
  },
  {
    victim: 'slowBuffers',
    bytes: 500_000,
    stores: 100,
    stack: () => `allocateSlowly:${lineIn('Buffer.allocUnsafeSlow(5_000)')}`,
  },
  {
    victim: 'encodedText',
    bytes: 3_000_000,
    stores: 1,
    stack: () => `encode:${lineIn('new TextEncoder()')}`,
  },
  {
    victim: 'transferred',
    bytes: 2_000_000,
    // The serialised message is in it.
    stores: 10,
    stack: () => `transfer:${lineIn('const buffer = new ArrayBuffer(2_000_000);')}`,
  },
  {
    victim: 'wasmMemory',
    bytes: 32 * 64 * 1024,
    stores: 2,
    stack: () => `growMemory:${lineIn('memory.grow(31);')}`,
  },
];

/** What they ask for depends on Node's version; the line does not. */
const LINES = [
  { victim: 'poolBuffers', stack: () => `fillPool:${lineIn('Buffer.from(text)')}` },
  { victim: 'gzip', stack: () => `compress:${lineIn('gzipSync(text)')}` },
  { victim: 'hashes', stack: () => `hashMany:${lineIn("createHash('sha256').update")}` },
];

beforeAll(async () => {
  buildVictimAddon();
  const victims = [
    ...EXACT.map(({ victim }) => victim),
    ...NEAR.map(({ victim }) => victim),
    ...LINES.map(({ victim }) => victim),
    'ownThreads',
    'inPool',
    'mapped',
    'ring',
  ];
  const results = await measureVictims({ victims });
  measured = new Map(victims.map((victim, index) => [victim, results[index]!]));
});

describe('native memory of an addon', () => {
  it.each(EXACT)('$victim: $bytes B in $count blocks', ({ victim, bytes, count }) => {
    expect(nativeOf(victim)).toMatchObject({
      allocatedBytes: bytes,
      allocatedCount: count,
    });
  });

  it.each(EXACT.filter((known) => 'peak' in known))(
    '$victim: $peak B at once',
    ({ victim, peak }) => {
      expect(nativeOf(victim).peakBytes).toBe(peak);
    },
  );

  it.each(EXACT)('$victim: what stays', ({ victim, ...known }) => {
    const retained = 'retained' in known ? known.retained : 0;
    expect(nativeOf(victim).retainedBytes).toBe(retained);
  });

  it('blames the line that calls the addon', () => {
    const [site] = nativeOf('leakedBlock').callsites;
    expect(stackOf(site!)).toBe(
      `leakBlock:${lineIn('leak(300);')} < handle:${lineIn('leakBlock(leak);')}`,
    );
    expect(site).toMatchObject({ allocatedBytes: 300, retainedBytes: 300 });
  });

  it('counts threads of its own, which no JavaScript asked for', () => {
    const { allocatedBytes, callsites } = nativeOf('ownThreads');
    // And what it takes to start 4 threads.
    expect(allocatedBytes).toBeGreaterThanOrEqual(400_000);
    expect(allocatedBytes).toBeLessThanOrEqual(404_000);
    const [site] = callsites;
    expect(site!.frames).toEqual([]);
    expect(site!.allocatedBytes).toBeGreaterThanOrEqual(400_000);
  });

  it("counts the work of Node's pool", () => {
    const { allocatedBytes } = nativeOf('inPool');
    expect(allocatedBytes).toBeGreaterThanOrEqual(10_000);
    expect(allocatedBytes).toBeLessThanOrEqual(11_000);
  });

  it('keeps mappings apart', () => {
    expect(nativeOf('mapped').allocatedBytes).toBe(0);
  });

  it('knows a ring whose buffers are replaced from one that grows', () => {
    expect(nativeOf('ring').retainedBytes).toBe(0);
  });
});

describe('native memory of Node', () => {
  it.each(NEAR)('$victim: $bytes B and bookkeeping', ({ victim, bytes, stores }) => {
    const { allocatedBytes } = nativeOf(victim);
    expect(allocatedBytes).toBeGreaterThanOrEqual(bytes);
    expect(allocatedBytes).toBeLessThanOrEqual(
      bytes + Math.max(0.01 * bytes, 1_000 * stores),
    );
  });

  it.each([...NEAR, ...LINES])('$victim: the right line', ({ victim, stack }) => {
    expect(stackOf(nativeOf(victim).callsites[0]!)).toBe(stack());
  });

  it('has callsites that add up to the ledger', () => {
    for (const victim of ['keepsHalf', 'manyStores', 'slowBuffers', 'everyKind']) {
      const { allocatedBytes, callsites } = nativeOf(victim);
      const sum = callsites.reduce((all, site) => all + site.allocatedBytes, 0);
      expect(sum / allocatedBytes!).toBeCloseTo(1, 2);
    }
  });

  it('gives no function of an addon the name of another', async () => {
    const options = { internals: true };
    const [measurement] = await measureVictims({ victims: ['leakedBlock'], options });
    expect(stackOf(measurement!.native.callsites[0]!)).toMatch(
      /^\(Node-API\):0 < leakBlock:/,
    );
  });

  it('has a peak that its callsites make up to the byte', () => {
    const { peakBytes, callsites } = nativeOf('risesAndFalls');
    const sum = callsites.reduce((all, site) => all + site.peakBytes, 0);
    expect(sum).toBe(peakBytes);
  });
});

describe('75,000 allocations of 75 functions, optimised and collected meanwhile', () => {
  const EACH = 1_000;
  let sites: readonly NativeCallsite[];

  beforeAll(async () => {
    const options = { tier: 'optimized', rounds: 1, warmup: 12, timeoutMs: 60_000 };
    const [measurement] = await measureVictims({ victims: ['manyLines'], options });
    sites = measurement!.native.callsites;
  });

  it.each(Array.from({ length: 75 }, (_, index) => index))(
    'every one of function %i',
    (index) => {
      // The call of `make`, on the function's own line, from the store's size.
      const own = sites.filter(
        ({ frames }) => frames[1]?.functionName === `many${index}`,
      );
      expect(own.map(({ frames }) => frames[1]!.line)).toEqual(own.map(() => index + 1));
      const bytes = own.reduce((sum, site) => sum + site.allocatedBytes, 0);
      expect(bytes).toBeGreaterThanOrEqual(EACH * (400 + index));
      // 128 B of bookkeeping each, 136 B under Node 24, and V8's tables now and then.
      expect(bytes).toBeLessThanOrEqual(EACH * (400 + index + 136) + 20_000);
    },
  );
});

describe('a budget and its ledgers', () => {
  it('adds native memory to the total, and fails one byte over', async () => {
    const run = { victims: ['everyKind'] };
    const [within, exactly] = await judgeVictims(
      'toAllocateLessThan',
      run,
      [4_001, 4_000],
    );
    expect(within).toMatchObject({ pass: true });
    expect(exactly).toMatchObject({ pass: false });
    expect(exactly!.message).toContain('allocateEveryKind');
  });

  it('leaves it out of the heap', async () => {
    const options = { ledger: 'heap' };
    const [heap] = await judgeVictims(
      'toAllocateLessThan',
      { victims: ['everyKind'], options },
      [1],
    );
    expect(heap).toMatchObject({ pass: true });
  });

  it('judges 5 GB of untouched memory, and RSS does not move', async () => {
    const { rss, native } = measured.get('untouched')!;
    expect(native.peakBytes).toBe(5_000_000_000);
    if ('unavailable' in rss) return;
    expect(rss.peakBytes - rss.startBytes).toBeLessThan(100_000_000);
  });

  it('fails what a call retains, with the line', async () => {
    const [retained] = await judgeVictims(
      'toRetainLessThan',
      { victims: ['leakedBlock'], options: { ledger: 'native' } },
      [300],
    );
    expect(retained).toMatchObject({ pass: false });
    expect(retained!.message).toContain(
      'less than 300 B of native memory, but it retained exactly 300 B',
    );
    expect(retained!.message).toMatch(
      new RegExp(`leakBlock +\\S*native.mjs:${lineIn('leak(300);')} `),
    );
  });
});
