import { describe, expect, it } from 'vitest';
import {
  comparableRuns,
  judgeRun,
  referencesFrom,
  referencesFromHistory,
  runTolerances,
  withNoiseOf,
} from '../../../packages/report/src/index.js';
import { floorFor } from '../../../packages/report/src/tolerance.js';
import { allocating, numbers, runOfTests, testOf } from './runs.js';

const day = (n: number): { readonly startedAt: string } => ({
  startedAt: `2026-01-${String(n + 1).padStart(2, '0')}T12:00:00.000Z`,
});

/** Whether a run with this many retained bytes passes after that history, in MB. */
function passes(history: readonly number[], now: number): boolean {
  const retaining = (mb: number) =>
    testOf('a', { measured: numbers({ retainedBytes: mb * 1e6 }) });
  const runs = history.map((mb, i) => runOfTests([retaining(mb)], day(i)));
  const run = runOfTests([retaining(now)], day(30));
  return judgeRun(run, {
    references: referencesFromHistory(comparableRuns(runs, run)),
    tolerances: runTolerances(),
  }).isPassed;
}

describe('a window of earlier runs', () => {
  it('says how much a test varies by itself', () => {
    expect(passes([10, 12, 9, 11, 10], 13)).toBe(true);
    expect(passes([10, 12, 9, 11, 10], 16)).toBe(false);
    expect(passes([10, 10, 10, 10, 10], 13)).toBe(false);
  });

  it('is not moved by one bad run, neither to fail nor to pass', () => {
    expect(passes([10, 10, 500, 10, 10], 10)).toBe(true);
    expect(passes([10, 10, 500, 10, 10], 400)).toBe(false);
    expect(passes([10, 10, -500, 10, 10], 10)).toBe(true);
  });

  // Windows that made another gate cry wolf, as its authors published them.
  it('with negative and mixed numbers fails no noise, and does fail a jump', () => {
    expect(passes([-73, -74.1, -7.6, -19.4, -120.1], 54)).toBe(true);
    expect(passes([-73, -74.1, -7.6, -19.4, -120.1], 254)).toBe(false);
    expect(passes([106.7, -1.4, -8.5, -8.6, 131], 106)).toBe(true);
    expect(passes([106.7, -1.4, -8.5, -8.6, 131], 231)).toBe(false);
    expect(passes([-14, -14, -14], -14)).toBe(true);
    expect(passes([-14, -14, -14], 86)).toBe(false);
  });

  it('around zero takes bytes, not percentages', () => {
    expect(passes([0, 0, 0, 0], 0.09)).toBe(true);
    expect(passes([0, 0, 0, 0], 0.11)).toBe(false);
  });

  it('of one or two runs is a comparison with their median', () => {
    expect(passes([10], 10.9)).toBe(true);
    expect(passes([10], 11.1)).toBe(false);
    expect(passes([8, 12], 11.1)).toBe(false);
  });

  it('forgets what is older than the window', () => {
    const runs = [...Array(5).fill(1), ...Array(5).fill(9)].map((mb, i) =>
      runOfTests([allocating('a', mb * 1e6)], day(i)),
    );
    const { value } =
      referencesFromHistory(runs, 5).get('test/parser.test.ts > parser > a')?.numbers
        .allocatedBytes ?? {};
    expect(value).toBe(9_000_000);
  });

  it('does not care how earlier runs were sharded', () => {
    const whole = runOfTests([allocating('a', 1e6), allocating('b', 2e6)], day(1));
    const shards = [
      runOfTests([allocating('b', 2e6)], { ...day(0), shard: { index: 1, count: 2 } }),
      runOfTests([allocating('a', 1e6)], { ...day(0), shard: { index: 2, count: 2 } }),
    ];
    const references = referencesFromHistory([whole, ...shards]);
    expect([...references.values()].map(({ numbers: n }) => n.allocatedBytes)).toEqual([
      { value: 1e6, noise: 0, isNoiseKnown: false },
      { value: 2e6, noise: 0, isNoiseKnown: false },
    ]);
  });

  it('leaves out runs of other environments, the run itself, and tests that failed', () => {
    const run = runOfTests([], day(3));
    const runs = [
      runOfTests([], { ...day(1), node: '22.1.0' }),
      run,
      runOfTests([], day(2)),
    ];
    expect(comparableRuns(runs, run)).toEqual([runs[2]]);
    const failed = runOfTests([allocating('a', 1, { state: 'failed' })], day(1));
    expect(referencesFromHistory([failed]).size).toBe(0);
  });

  it('lends its noise to a comparison with one run', () => {
    const runs = [10, 14, 9, 11, 10].map((mb, i) =>
      runOfTests([allocating('a', mb * 1e6)], day(i)),
    );
    const run = runOfTests([allocating('a', 13.5e6)], day(9));
    const against = referencesFrom(runs[4] ?? run, run);
    const judge = (references: typeof against): boolean =>
      judgeRun(run, { references, tolerances: runTolerances() }).isPassed;
    expect(judge(against)).toBe(false);
    expect(judge(withNoiseOf(against, referencesFromHistory(runs)))).toBe(true);
  });
});

describe('tolerances', () => {
  const isPassed = (
    metric: 'allocatedBytes' | 'nativeAllocatedBytes',
    ...bytes: number[]
  ) => {
    const [before, now] = bytes.map((value) =>
      runOfTests([testOf('a', { measured: numbers({ [metric]: value }) })], day(1)),
    );
    if (before === undefined || now === undefined) throw new Error('two numbers');
    const references = referencesFrom(before, now);
    return judgeRun(now, { references, tolerances: runTolerances() }).isPassed;
  };

  it.each([
    // As far as unchanged tests were apart, and three times that.
    ['allocatedBytes', 300e3, 585e3, 1_200e3],
    ['allocatedBytes', 1.3e6, 1.8e6, 2.8e6],
    ['allocatedBytes', 5e6, 6e6, 8e6],
    ['allocatedBytes', 14e6, 16.6e6, 22e6],
    ['allocatedBytes', 190e6, 192e6, 220e6],
    ['nativeAllocatedBytes', 0.25e6, 2.4e6, 7e6],
    ['nativeAllocatedBytes', 19e6, 20.2e6, 23e6],
  ] as const)('of %s, from %d, allow %d and not %d', (metric, before, same, worse) => {
    expect(isPassed(metric, before, same)).toBe(true);
    expect(isPassed(metric, before, worse)).toBe(false);
  });

  it('grow with the number to where they do not matter', () => {
    const { allocatedBytes } = runTolerances();
    const floors = [0, 2e6, 10e6, 500e6].map((value) => floorFor(allocatedBytes, value));
    expect(floors).toEqual([500e3, 1e6, 3e6, 5e6]);
    // What is written for one number is meant as it is.
    const { allocatedBytes: written } = runTolerances(['allocated=2MB']);
    expect(floorFor(written, 0)).toBe(2e6);
    const { allocatedBytes: percentage } = runTolerances(['5%']);
    expect(floorFor(percentage, 0)).toBe(500e3);
  });

  it('are for all metrics, or for one', () => {
    expect(runTolerances(['2%', 'peak=1 MB', 'nativePeakBytes=0%'])).toMatchObject({
      allocatedBytes: { relative: 0.02, absolute: 5_000_000 },
      retainedBytes: { relative: 0.02, absolute: 100_000 },
      peakBytes: { relative: 0, absolute: 1_000_000 },
      nativePeakBytes: { relative: 0, absolute: 0 },
    });
  });

  it.each([
    ['lots', /`tolerance` must be a percentage or a size, got 'lots'/],
    ['peak=lots', /a size for peak, got 'lots'/],
    ['paek=1%', /tolerance has no option `paek`. Did you mean `peak`\?/],
    ['-1%', /must be a percentage/],
  ])('refuse %s', (written, message) => {
    expect(() => runTolerances([written])).toThrow(message);
  });
});
