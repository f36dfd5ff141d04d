// Runs and records to test with.

import fc from 'fast-check';
import type {
  FileRecord,
  ProcessRecord,
  RunFile,
  TestNumbers,
  TestRecord,
} from '../../../../packages/core/src/run/types.js';

export function numbers(changes: Partial<TestNumbers> = {}): TestNumbers {
  return {
    durationMs: 12,
    allocatedBytes: 100_000,
    peakBytes: 50_000,
    retainedBytes: 0,
    gcMs: 1,
    ...changes,
  };
}

export function testOf(title: string, changes: Partial<TestRecord> = {}): TestRecord {
  return {
    file: 'test/parser.test.ts',
    titles: ['parser', title],
    ordinal: 1,
    line: 7,
    state: 'passed',
    measured: numbers(),
    ...changes,
  };
}

export function fileOf(file: string, changes: Partial<FileRecord> = {}): FileRecord {
  return {
    file,
    leftBehindBytes: 0,
    classes: [],
    heldBy: [],
    workerHeapBytes: 20_000_000,
    order: 1,
    worker: '41-0',
    ...changes,
  };
}

export function runOfTests(
  tests: readonly TestRecord[] = [],
  changes: Partial<RunFile> = {},
): RunFile {
  return {
    version: 1,
    highwater: '0.1.0',
    node: '20.20.2',
    v8: '11.3.244.8-node.33',
    platform: 'linux',
    arch: 'x64',
    runner: { name: 'vitest', version: '4.1.12' },
    startedAt: '2026-01-31T12:00:00.000Z',
    durationMs: 1_500,
    tests,
    files: [],
    processes: [],
    problems: [],
    cost: { trackingMs: 20 },
    ...changes,
  };
}

const bytes = fc.integer({ min: -1e12, max: 1e12 });
const text = fc.string({ unit: 'binary', maxLength: 12 });

const anyNumbers = fc.record(
  {
    durationMs: fc.nat(),
    allocatedBytes: bytes,
    peakBytes: bytes,
    retainedBytes: bytes,
    nativeAllocatedBytes: bytes,
    rssPeakBytes: fc.nat(),
    gcMs: fc.nat(),
  },
  {
    requiredKeys: ['durationMs', 'allocatedBytes', 'peakBytes', 'retainedBytes', 'gcMs'],
    noNullPrototype: true,
  },
);

/** Any test. */
export const tests: fc.Arbitrary<TestRecord> = fc.record(
  {
    project: text,
    file: text,
    titles: fc.array(text, { minLength: 1, maxLength: 3 }),
    ordinal: fc.integer({ min: 1, max: 9 }),
    line: fc.nat(),
    state: fc.constantFrom('passed', 'failed', 'skipped'),
    tries: fc.integer({ min: 1, max: 5 }),
    notMeasured: text,
    limitsUnchecked: fc.array(fc.constantFrom('allocated', 'peak', 'retained', 'native')),
    hooks: fc.record({ allocatedBytes: bytes }),
    measured: anyNumbers,
    earlierTries: fc.array(anyNumbers, { maxLength: 3 }),
    drawsRandom: fc.constant(true as const),
    callsites: fc.array(
      fc.record({
        ledger: fc.constantFrom('heap', 'native'),
        functionName: text,
        file: text,
        line: fc.nat(),
        bytes,
        count: bytes,
      }),
      { maxLength: 3 },
    ),
    limits: fc.array(
      fc.record({
        metric: fc.constantFrom('allocated', 'peak', 'retained', 'native', 'leak'),
        limit: bytes,
        actual: bytes,
        isBroken: fc.boolean(),
      }),
      { maxLength: 3 },
    ),
  },
  { requiredKeys: ['file', 'titles', 'ordinal', 'state'], noNullPrototype: true },
);

/** Any process. */
export const processes: fc.Arbitrary<ProcessRecord> = fc.record(
  {
    name: text,
    pid: fc.nat(),
    parentPid: fc.nat(),
    project: text,
    file: text,
    test: text,
    isNode: fc.boolean(),
    outlivedTest: fc.boolean(),
    exitCode: fc.integer({ min: 0, max: 255 }),
    signal: fc.constantFrom('SIGKILL', 'SIGTERM'),
    peakRssBytes: fc.nat(),
    isPeakExact: fc.boolean(),
    allocatedBytes: bytes,
    peakHeapBytes: bytes,
    nativeAllocatedBytes: bytes,
    nativePeakBytes: bytes,
    unavailable: text,
  },
  { requiredKeys: ['name', 'pid', 'isNode'], noNullPrototype: true },
);
