// The run file of a large suite. Its numbers are made up, its shape is not.

/**
 * @param {number} count of tests
 * @param {{ sites?: number, factor?: number }} [options] callsites of each test; `factor` on what one test in a
 *   thousand allocates
 */
export function largeRun(count, { sites = 10, factor = 1 } = {}) {
  const tests = Array.from({ length: count }, (_, i) => ({
    file: `test/unit/area-${i % 40}/part-${i % 400}.test.ts`,
    titles: [`part ${i % 50}`, `does the thing that test number ${i} is about`],
    ordinal: 1,
    line: 10 + (i % 300),
    state: 'passed',
    measured: {
      durationMs: 1.5,
      allocatedBytes: Math.round((1_000_000 + i * 13) * (i % 1_000 === 0 ? factor : 1)),
      peakBytes: 50_000 + i,
      retainedBytes: 12,
      nativeAllocatedBytes: 4_000,
      nativePeakBytes: 2_000,
      rssPeakBytes: 90_000_000,
      gcMs: 0.2,
    },
    callsites: Array.from({ length: sites }, (_, j) => ({
      ledger: 'heap',
      functionName: `function${j}`,
      file: `src/module-${i % 90}.ts`,
      line: 10 * j + 1,
      bytes: 1_000 * (sites - j),
      count: 10,
    })),
    limits: [{ metric: 'peak', limit: 1e7, actual: 50_000 + i, isBroken: false }],
  }));
  return {
    version: 1,
    highwater: '0.1.0',
    node: process.versions.node,
    v8: process.versions.v8,
    platform: process.platform,
    arch: process.arch,
    runner: { name: 'vitest', version: '4.1.12' },
    startedAt: '2026-01-31T12:00:00.000Z',
    durationMs: 100_000,
    tests,
    files: [],
    processes: [],
    problems: [],
    cost: { trackingMs: 100 },
  };
}
