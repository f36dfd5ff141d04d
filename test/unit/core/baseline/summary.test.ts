import { describe, expect, it } from 'vitest';
import type { BaselineSummary } from '../../../../packages/core/src/baseline/session.js';
import { formatBaselineRun } from '../../../../packages/core/src/format/baseline-summary.js';

describe('the lines at the end of a run', () => {
  const summary: BaselineSummary = {
    testFile: '/app/test/a.test.ts',
    baselineFile: '/app/test/__memory__/a.test.ts.memory.json',
    environment: 'node22-linux-x64',
    written: [],
    updated: [],
    improved: [],
    missing: [],
    obsolete: [],
    removed: [],
    abandoned: [],
    isAbandonedRemoved: false,
  };
  const lines = (summaries: readonly BaselineSummary[], files: readonly string[] = []) =>
    formatBaselineRun({ summaries, obsoleteFiles: files, mode: 'new' }, '/app');

  it('are none when nothing happened', () => {
    expect(lines([summary])).toEqual([]);
  });

  it('count over files, and name what is to be decided', () => {
    expect(
      lines(
        [
          { ...summary, written: ['a'], improved: ['b'] },
          { ...summary, written: ['c', 'd'], obsolete: ['e', 'f'], missing: ['g'] },
        ],
        ['/app/test/__memory__/gone.test.ts.memory.json'],
      ),
    ).toEqual([
      '3 memory baselines written',
      '1 memory baseline improved: record it with -u',
      '  test/a.test.ts > b',
      '2 memory baselines obsolete: remove them with -u',
      '  test/a.test.ts > e',
      '  test/a.test.ts > f',
      '1 memory baseline missing for node22-linux-x64',
      '  test/a.test.ts > g',
      '1 memory baseline file obsolete: remove it with -u',
      '  test/__memory__/gone.test.ts.memory.json',
    ]);
  });

  it('cut a long list', () => {
    const improved = Array.from({ length: 12 }, (_, i) => `t${i}`);
    const [, ...names] = lines([{ ...summary, improved }]);
    expect(names).toHaveLength(11);
    expect(names.at(-1)).toBe('  ...and 2 more');
  });
});
