// A suite before and after a change, with one of everything.

import type { CallsiteRecord, RunFile, TestRecord } from '@highwater/core';
import { numbers, runOfTests, testOf } from '../core/run/records.js';

export { fileOf, numbers, runOfTests, testOf } from '../core/run/records.js';

export function siteOf(
  functionName: string,
  bytes: number,
  changes: Partial<CallsiteRecord> = {},
): CallsiteRecord {
  return {
    ledger: 'heap',
    functionName,
    file: 'src/parser.ts',
    line: 10,
    bytes,
    count: Math.round(bytes / 50),
    ...changes,
  };
}

/** A test that allocates this much. */
export function allocating(
  title: string,
  bytes: number,
  changes: Partial<TestRecord> = {},
): TestRecord {
  return testOf(title, { measured: numbers({ allocatedBytes: bytes }), ...changes });
}

/** Of a test that nobody could measure. */
export function unmeasured(test: TestRecord): TestRecord {
  const { measured: _, ...rest } = test;
  return rest;
}

export const before: RunFile = runOfTests(
  [
    allocating('parses a large document', 10_000_000, {
      callsites: [
        siteOf('tokenize', 8_000_000),
        siteOf('slice', 1_500_000, { file: 'src/text.ts', line: 88 }),
        siteOf('', 500_000, { file: '', line: 0 }),
      ],
    }),
    allocating('prints', 5_000_000),
    allocating('stays', 1_000_000),
    allocating('is renamed with its file', 2_000_000, { file: 'test/old.test.ts' }),
    allocating('is removed', 100),
  ],
  { startedAt: '2026-01-30T12:00:00.000Z' },
);

export const after: RunFile = runOfTests(
  [
    allocating('parses a large document', 10_500_000, {
      line: 12,
      callsites: [
        siteOf('tokenize', 8_000_000, { line: 14 }),
        siteOf('slice', 2_000_000, { file: 'src/text.ts', line: 91 }),
        siteOf('', 500_000, { file: '', line: 0 }),
      ],
    }),
    allocating('prints', 4_000_000),
    allocating('stays', 1_010_000),
    allocating('is renamed with its file', 3_000_000, { file: 'test/new.test.ts' }),
    allocating('is new', 700_000),
    testOf('has a limit', {
      line: 40,
      state: 'failed',
      measured: numbers({ peakBytes: 31_200_000 }),
      limits: [
        { metric: 'peak', limit: 24_000_000, actual: 31_200_000, isBroken: true },
        { metric: 'retained', limit: 10_000, actual: 0, isBroken: false },
      ],
      callsites: [siteOf('readAll', 30_000_000, { file: 'src/read.ts', line: 3 })],
    }),
    testOf('has a baseline', {
      line: 50,
      state: 'failed',
      baselines: [
        {
          entry: 'has a baseline',
          verdict: 'regressed',
          metrics: [
            {
              ledger: 'heap',
              metric: 'allocatedBytes',
              baseline: 10_000,
              now: 10_500,
              allowed: 128,
              verdict: 'regressed',
            },
            {
              ledger: 'heap',
              metric: 'allocatedCount',
              baseline: 100,
              now: 101,
              allowed: 0.5,
              verdict: 'regressed',
            },
          ],
        },
      ],
    }),
  ],
  {
    problems: [
      'The worker of test/crash.test.ts ended before the file did; 2 tests of it are recorded.',
    ],
  },
);
