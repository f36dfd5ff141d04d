import type { RunFile } from '@highwater/core';
import { describe, expect, it } from 'vitest';
import {
  formatComparison,
  formatGate,
  formatGitlab,
  formatJson,
  formatJunit,
  formatMarkdown,
  formatSarif,
  formatSummary,
  type GateResult,
  githubAnnotations,
  judgeRun,
  referencesFrom,
  runTolerances,
} from '../../../packages/report/src/index.js';
import { after, allocating, before, runOfTests, testOf, unmeasured } from './runs.js';

function judge(
  run = after,
  earlier = before,
  options: Partial<Parameters<typeof judgeRun>[1]> = {},
): GateResult {
  const references = referencesFrom(earlier, run);
  return judgeRun(run, {
    references,
    tolerances: runTolerances(['allocated=300kB']),
    ...options,
  });
}

describe('a gate', () => {
  it('tells what is worse, where, and by which callsites', () => {
    expect(`\n${formatGate(judge()).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Limit broken: 1 test
        parser > has a limit  test/parser.test.ts:40
          peak 31.2 MB, limit 24 MB (+7.2 MB)
            30 MB  readAll  src/read.ts:3

      Baseline regressed: 1 test
        parser > has a baseline  test/parser.test.ts:50
          allocated 10.5 kB per call, baseline 10 kB (+500 B, +5.0 %)
          objects 101 per call, baseline 100 (+1)

      Regressed: 2 tests
        parser > is renamed with its file  test/new.test.ts:7
          allocated 3 MB, was 2 MB (+1 MB, +50.0 %)
        parser > parses a large document  test/parser.test.ts:12
          allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)
            +500 kB  2 MB  slice  src/text.ts:91

      Improved: 1 test
        parser > prints  test/parser.test.ts:7
          allocated 4 MB, was 5 MB (-1 MB, -20.0 %)

      New, nothing to compare with: 3 tests
        parser > is new  test/parser.test.ts:7
        parser > has a limit  test/parser.test.ts:40
        parser > has a baseline  test/parser.test.ts:50

      1 test gone since then

      Not recorded: 1 problem
        The worker of test/crash.test.ts ended before the file did; 2 tests of it are
          recorded.

      Memory gate failed: 1 limit broken, 1 baseline regressed, 2 regressed.
      "
    `);
  });

  it('has its verdict as data', () => {
    const { passed, findings } = JSON.parse(formatJson(judge()));
    expect(passed).toBe(false);
    expect(
      findings.map(({ kind, direction, isFailure, text }: Record<string, unknown>) => [
        kind,
        direction,
        isFailure,
        text,
      ]),
    ).toMatchInlineSnapshot(`
      [
        [
          "limit",
          "worse",
          true,
          [
            "peak 31.2 MB, limit 24 MB (+7.2 MB)",
          ],
        ],
        [
          "baseline",
          "worse",
          true,
          [
            "allocated 10.5 kB per call, baseline 10 kB (+500 B, +5.0 %)",
            "objects 101 per call, baseline 100 (+1)",
          ],
        ],
        [
          "change",
          "worse",
          true,
          [
            "allocated 3 MB, was 2 MB (+1 MB, +50.0 %)",
          ],
        ],
        [
          "change",
          "worse",
          true,
          [
            "allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)",
          ],
        ],
        [
          "change",
          "better",
          false,
          [
            "allocated 4 MB, was 5 MB (-1 MB, -20.0 %)",
          ],
        ],
      ]
    `);
  });

  const change = (bytes: number): GateResult =>
    judge(
      runOfTests([allocating('a', bytes)]),
      runOfTests([allocating('a', 10_000_000)]),
      {},
    );

  it('passes a change of exactly the tolerance, and fails one byte more', () => {
    expect(change(10_300_000).isPassed).toBe(true);
    expect(change(10_300_001).isPassed).toBe(false);
    expect(change(9_700_000).findings).toEqual([]);
    expect(change(9_699_999).findings).toMatchObject([{ direction: 'better' }]);
  });

  it('fails an improvement when exact numbers are wanted', () => {
    const run = runOfTests([allocating('a', 1_000)]);
    const earlier = runOfTests([allocating('a', 1_000_000)]);
    expect(judge(run, earlier).isPassed).toBe(true);
    expect(judge(run, earlier, { failOn: ['improved'] }).isPassed).toBe(false);
  });

  it('fails an incomplete run when complete ones are wanted', () => {
    const run = runOfTests([allocating('a', 1)], { problems: ['A record was lost.'] });
    expect(judge(run, run).isPassed).toBe(true);
    const strict = judge(run, run, { failOn: ['incomplete'] });
    expect(strict.isPassed).toBe(false);
    expect(formatGate(strict).at(-1)).toBe('Memory gate failed: 1 problem.');
  });

  it('tells which limits nobody checked, and fails when complete runs are wanted', () => {
    const beside = (title: string) =>
      unmeasured(
        testOf(title, {
          notMeasured: 'it is concurrent',
          limitsUnchecked: ['allocated', 'peak'],
        }),
      );
    const run = runOfTests([
      testOf('limited', {
        limits: [{ metric: 'peak', limit: 2, actual: 1, isBroken: false }],
      }),
      ...['a', 'b', 'c', 'd'].map(beside),
    ]);
    const result = judgeRun(run, { tolerances: runTolerances() });
    expect(result.isPassed).toBe(true);
    expect(`\n${formatGate(result).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Limits not checked: 4 tests
        it is concurrent
          parser > a  test/parser.test.ts:7
          parser > b  test/parser.test.ts:7
          parser > c  test/parser.test.ts:7
          ...and 1 more

      Memory gate passed: 1 limit held, limits of 4 tests not checked.
      "
    `);
    expect(formatMarkdown(result)).toContain(
      'Limits of 4 tests not checked: it is concurrent.',
    );
    expect(JSON.parse(formatJson(result)).unchecked[0]).toMatchObject({
      limits: ['allocated', 'peak'],
      why: 'it is concurrent',
    });
    const strict = judgeRun(run, {
      tolerances: runTolerances(),
      failOn: ['incomplete'],
    });
    expect(strict.isPassed).toBe(false);
    expect(formatGate(strict).at(-1)).toBe(
      'Memory gate failed: limits of 4 tests not checked.',
    );
  });

  it('does not judge the numbers of a test that failed, nor of one before', () => {
    const failed = runOfTests([allocating('a', 1e9, { state: 'failed' })]);
    const good = runOfTests([allocating('a', 1)]);
    for (const result of [judge(failed, good), judge(good, failed)]) {
      expect(result.findings).toEqual([]);
      expect(result.comparison?.unjudged).toHaveLength(1);
    }
  });

  it('counts a broken limit although its test failed', () => {
    const limits = [{ metric: 'peak', limit: 1, actual: 2, isBroken: true }] as const;
    const run = runOfTests([testOf('a', { state: 'failed', limits })]);
    expect(judge(run, run).findings).toMatchObject([{ kind: 'limit', isFailure: true }]);
  });

  it('takes runs of one environment only', () => {
    const other = runOfTests([], { node: '22.1.0' });
    expect(() => judge(runOfTests(), other)).toThrow(
      'Runs of different environments cannot be compared: node22-linux-x64 and node20-linux-x64.',
    );
  });

  it('of the same run twice finds nothing', () => {
    const result = judge(before, before);
    expect(result.findings).toEqual([]);
    expect(formatGate(result)).toEqual(['Memory gate passed: 5 tests compared.']);
  });
});

describe('a comparison', () => {
  it('shows every change beyond its tolerance, with callsites', () => {
    const { comparison } = judge();
    if (comparison === undefined) throw new Error('nothing compared');
    expect(`\n${formatComparison(comparison).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Regressed: 2 tests
        parser > is renamed with its file  test/new.test.ts:7
          was in test/old.test.ts
          allocated 3 MB, was 2 MB (+1 MB, +50.0 %)
        parser > parses a large document  test/parser.test.ts:12
          allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)
            +500 kB  2 MB  slice  src/text.ts:91

      Improved: 1 test
        parser > prints  test/parser.test.ts:7
          allocated 4 MB, was 5 MB (-1 MB, -20.0 %)

      New: 3 tests
        parser > is new  test/parser.test.ts:7
        parser > has a limit  test/parser.test.ts:40
        parser > has a baseline  test/parser.test.ts:50

      Gone: 1 test
        parser > is removed  test/parser.test.ts:7

      4 tests compared, 2 regressed, 1 improved,
      1 within their tolerance.
      "
    `);
  });

  it('follows a test into another file only when it is clear which one', () => {
    const twins = runOfTests(
      ['a', 'b'].map((file) => allocating('same', 1, { file: `test/${file}.test.ts` })),
    );
    const moved = runOfTests([allocating('same', 1, { file: 'test/c.test.ts' })]);
    expect(judge(moved, twins).comparison).toMatchObject({
      changes: [],
      added: [{ file: 'test/c.test.ts' }],
      removed: [{ file: 'test/a.test.ts' }, { file: 'test/b.test.ts' }],
    });
  });

  it('follows a project that was renamed, added or taken away, only when it is clear which one', () => {
    const runOf = (...projects: readonly (string | undefined)[]) =>
      runOfTests(
        projects.map((project) =>
          allocating('same', 1, project === undefined ? {} : { project }),
        ),
      );
    const followed = (earlier: RunFile, later: RunFile) => {
      const { comparison } = judge(later, earlier);
      return {
        changes: comparison?.changes.map(({ key, wasInProject }) => [key, wasInProject]),
        added: comparison?.added.length,
        removed: comparison?.removed.length,
      };
    };
    const key = 'test/parser.test.ts > parser > same';
    const [web, node] = [`[web] ${key}`, `[node] ${key}`];
    expect(followed(runOf('old', 'node'), runOf('web', 'node'))).toEqual({
      changes: [
        [node, undefined],
        [web, 'old'],
      ],
      added: 0,
      removed: 0,
    });
    expect(followed(runOf(undefined), runOf('web'))).toEqual({
      changes: [[web, '']],
      added: 0,
      removed: 0,
    });
    expect(followed(runOf('web'), runOf(undefined)).changes).toEqual([[key, 'web']]);
    expect(followed(runOf(undefined), runOf('web', 'node'))).toEqual({
      changes: [],
      added: 2,
      removed: 1,
    });
  });

  it('follows a file that was renamed in each of its projects', () => {
    const runOf = (file: string) =>
      runOfTests(
        ['web', 'node'].map((project) => allocating('same', 1, { file, project })),
      );
    const { comparison } = judge(runOf('test/b.test.ts'), runOf('test/a.test.ts'));
    expect(comparison?.changes.map(({ movedFrom }) => movedFrom)).toEqual([
      'test/a.test.ts',
      'test/a.test.ts',
    ]);
    expect(comparison).toMatchObject({ added: [], removed: [] });
  });

  it('of a large suite takes time in proportion', () => {
    const many = (bytes: number) =>
      runOfTests(
        Array.from({ length: 20_000 }, (_, i) =>
          allocating(`test ${i}`, bytes, { file: `test/${bytes}/${i % 400}.test.ts` }),
        ),
      );
    const { comparison } = judge(many(2_000_000), many(1_000_000));
    expect(comparison?.changes).toHaveLength(20_000);
  });
});

describe('a run whose records cannot be trusted', () => {
  const fault =
    'Records lost: 2 of 3 tests that ran have none, 2 of 3 in test/a.test.ts.';
  const held = { metric: 'peak', limit: 10, actual: 5, isBroken: false } as const;
  const run = runOfTests([testOf('parses', { limits: [held] })], { faults: [fault] });
  const result = judgeRun(run, { tolerances: runTolerances() });

  it('fails the gate, whatever its limits say', () => {
    expect(result.isPassed).toBe(false);
    expect(formatGate(result)).toEqual([
      'Records cannot be trusted',
      '  Records lost: 2 of 3 tests that ran have none, 2 of 3 in test/a.test.ts.',
      '',
      'Memory gate failed: records cannot be trusted.',
    ]);
  });

  it('is told in every format', () => {
    expect(formatSummary(run)).toContain('Records cannot be trusted');
    expect(githubAnnotations(result)[0]).toBe(`::error title=highwater::${fault}`);
    expect(formatMarkdown(result)).toContain('\n\n❌ Records lost: 2 of 3');
    expect(JSON.parse(formatJson(result))).toMatchObject({
      passed: false,
      faults: [fault],
    });
    expect(formatJunit(result)).toContain(
      `<error type="highwater.records" message="${fault}"/>`,
    );
    expect(JSON.parse(formatSarif(result)).runs[0].invocations).toEqual([
      {
        executionSuccessful: false,
        toolExecutionNotifications: [{ level: 'error', message: { text: fault } }],
      },
    ]);
  });
});

describe('a finding of a project', () => {
  const broken = { metric: 'peak', limit: 10, actual: 20, isBroken: true } as const;
  const run = runOfTests(
    ['web', 'node'].map((project) =>
      testOf('parses', {
        project,
        limits: [project === 'web' ? { ...broken, inTry: 1 } : broken],
      }),
    ),
  );
  const result = judgeRun(run, { tolerances: runTolerances() });

  it('is told as one of its own in every format', () => {
    expect(formatGate(result).filter((line) => line.includes('] parser'))).toEqual([
      '  [web] parser > parses  test/parser.test.ts:7',
      '  [node] parser > parses  test/parser.test.ts:7',
    ]);
    expect(formatGate(result).join('\n')).toContain('(+10 B) in try 1');
    const named = (text: string): readonly string[] =>
      ['[web] parser', '[node] parser'].filter((name) =>
        text.replaceAll('\\', '').includes(name),
      );
    const texts = [formatJunit, formatSarif, formatGitlab, formatMarkdown].map((format) =>
      named(format(result)),
    );
    expect(texts).toEqual(texts.map(() => ['[web] parser', '[node] parser']));
    expect(named(githubAnnotations(result).join('\n'))).toHaveLength(2);
    const { findings } = JSON.parse(formatJson(result));
    expect(findings.map((one: { readonly project: string }) => one.project)).toEqual([
      'web',
      'node',
    ]);
    const prints = JSON.parse(formatGitlab(result)).map(
      (issue: { readonly fingerprint: string }) => issue.fingerprint,
    );
    expect(new Set(prints).size).toBe(2);
  });
});
