import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  currentSession,
  enterTest,
  leaveFile,
  leaveTest,
} from '../../../../packages/core/src/baseline/current.js';
import type {
  RunningTest,
  UpdateMode,
} from '../../../../packages/core/src/baseline/session.js';
import { tolerancesFor } from '../../../../packages/core/src/compare/tolerance.js';
import { baselineOutcomes } from '../../../../packages/core/src/run/baselines.js';
import type { BaselineRecord } from '../../../../packages/core/src/types.js';
import { bytes } from '../baseline/records.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-outcomes-'));
});
afterEach(() => {
  leaveFile(undefined);
  rmSync(folder, { recursive: true });
});

const test: RunningTest = {
  titles: ['parses'],
  ordinal: 0,
  identity: {},
  isConcurrent: false,
};

function judge(mode: UpdateMode, ...records: readonly BaselineRecord[]): void {
  enterTest(join(folder, 'a.test.ts'), test, mode);
  const session = currentSession();
  for (const now of records) {
    session?.judge({
      key: session.claim(test, ''),
      now,
      tolerances: tolerancesFor('sync', undefined),
      required: [],
      policy: { ratchet: false, missingEnvironment: 'fail' },
      unfit: undefined,
    });
  }
  leaveTest();
}

describe('what a run keeps of baselines', () => {
  it('is nothing without a test', () => {
    expect(baselineOutcomes()).toEqual([]);
  });

  it('is what the matcher said, in the order called, of the last attempt', () => {
    judge('new', bytes(10_000), bytes(20_000));
    expect(baselineOutcomes()).toMatchObject([
      { entry: 'parses', verdict: 'recorded', metrics: [] },
      { entry: 'parses [2]', verdict: 'recorded', metrics: [] },
    ]);
    leaveFile(undefined);
    judge('none', bytes(9_000));
    judge('none', bytes(10_101), bytes(20_200), bytes(1));
    expect(baselineOutcomes()).toEqual([
      {
        entry: 'parses',
        verdict: 'equal',
        metrics: [
          {
            ledger: 'heap',
            metric: 'allocatedBytes',
            baseline: 10_000,
            now: 10_101,
            allowed: 128,
            verdict: 'equal',
          },
        ],
      },
      expect.objectContaining({ entry: 'parses [2]', verdict: 'equal' }),
      { entry: 'parses [3]', verdict: 'missing', metrics: [] },
    ]);
  });
});
