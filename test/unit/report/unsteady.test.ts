// Tests whose numbers differ without a change: what they drew at random, and what their tries tell.

import { describe, expect, it } from 'vitest';
import type { RunFile, TestRecord } from '../../../packages/core/src/index.js';
import {
  compareTests,
  type FailOn,
  formatComparison,
  formatGate,
  formatGitlab,
  formatJson,
  formatJunit,
  formatMarkdown,
  formatSarif,
  formatTest,
  type GateResult,
  githubAnnotations,
  judgeRun,
  referencesFrom,
  referencesFromHistory,
  runTolerances,
  withNoiseOf,
} from '../../../packages/report/src/index.js';
import { allocating, numbers, runOfTests } from './runs.js';

const random = (mb: number, changes: Partial<TestRecord> = {}): TestRecord =>
  allocating('sorts any list', mb * 1e6, { drawsRandom: true, ...changes });

const tolerances = runTolerances();

function judge(
  before: TestRecord,
  now: TestRecord,
  { history = [], failOn = [] }: { history?: RunFile[]; failOn?: FailOn[] } = {},
): GateResult {
  const run = runOfTests([now]);
  const against = referencesFrom(runOfTests([before]), run);
  const references =
    history.length === 0 ? against : withNoiseOf(against, referencesFromHistory(history));
  return judgeRun(run, { references, tolerances, failOn });
}

const historyOf = (...sizes: readonly number[]): RunFile[] =>
  sizes.map((mb, index) =>
    runOfTests([random(mb)], { startedAt: `2026-01-0${index + 1}T12:00:00.000Z` }),
  );

describe('a test that draws random numbers, with one run to compare with', () => {
  it('is not judged when its numbers differ, and the text says why and what to do', () => {
    const result = judge(random(20), random(30));
    expect(result.isPassed).toBe(true);
    expect(`\n${formatGate(result).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Not judged: 1 test draws random numbers
        parser > sorts any list  test/parser.test.ts:7
          allocated 30 MB, was 20 MB (+10 MB, +50.0 %)
          it draws random numbers
        Give earlier runs with --history, or use a fixed seed.

      Memory gate passed: 1 not judged.
      "
    `);
  });

  it.each(['before', 'now'] as const)('is not judged when it drew %s only', (when) => {
    const steady = (mb: number) => allocating('sorts any list', mb * 1e6);
    const [before, now] =
      when === 'before' ? [random(20), steady(30)] : [steady(20), random(30)];
    expect(judge(before, now).findings).toMatchObject([{ direction: 'unknown' }]);
  });

  it('is compared when its numbers are the same', () => {
    const result = judge(random(20), random(20.1));
    expect([result.isPassed, result.findings, result.judged.compared]).toEqual([
      true,
      [],
      1,
    ]);
  });

  it('is no improvement either, and nothing that is missing', () => {
    const failOn: FailOn[] = ['improved', 'incomplete'];
    const result = judge(random(30), random(20), { failOn });
    expect([result.isPassed, result.judged.compared]).toEqual([true, 0]);
    expect(result.findings).toMatchObject([{ direction: 'unknown', isFailure: false }]);
  });

  it('is held to its limits and its baselines all the same', () => {
    const limit = { metric: 'peak', limit: 1, actual: 2, isBroken: true } as const;
    const outcome = { entry: 'a', verdict: 'regressed', metrics: [] } as const;
    expect(judge(random(20), random(30, { limits: [limit] })).isPassed).toBe(false);
    expect(judge(random(20), random(30, { baselines: [outcome] })).isPassed).toBe(false);
  });

  it('does not hide a test that draws none', () => {
    const run = runOfTests([random(30), allocating('other', 30e6)]);
    const before = runOfTests([random(20), allocating('other', 20e6)]);
    const references = referencesFrom(before, run);
    const { isPassed, findings } = judgeRun(run, { references, tolerances });
    expect(isPassed).toBe(false);
    expect(findings.map(({ direction }) => direction)).toEqual(['worse', 'unknown']);
  });
});

describe('a test that draws random numbers, with a history', () => {
  it('is judged by how far it went astray', () => {
    const history = historyOf(20, 26, 18, 30, 22);
    expect(judge(random(20), random(32), { history }).findings).toEqual([]);
    const worse = judge(random(20), random(60), { history });
    expect(worse.isPassed).toBe(false);
    expect(formatGate(worse)).toEqual([
      'Regressed: 1 test',
      '  parser > sorts any list  test/parser.test.ts:7',
      '    allocated 60 MB, was 20 MB (+40 MB, +200.0 %)',
      '    it draws random numbers',
      '    it is unsteady: allocated often differs by up to 17.8 MB',
      '',
      'Memory gate failed: 1 regressed.',
    ]);
  });

  it('is not judged by two runs', () => {
    const result = judge(random(20), random(60), { history: historyOf(20, 21) });
    expect(result.findings).toMatchObject([{ direction: 'unknown' }]);
  });
});

describe('a test that ran more than once', () => {
  const tries = (...sizes: readonly number[]): Partial<TestRecord> => ({
    tries: sizes.length + 1,
    earlierTries: sizes.map((mb) => numbers({ allocatedBytes: mb * 1e6 })),
  });
  const steady = (mb: number, changes: Partial<TestRecord> = {}): TestRecord =>
    allocating('a', mb * 1e6, changes);

  it.each(['before', 'now'] as const)('may differ as its tries did %s', (when) => {
    const spread = tries(16, 26, 22);
    const [before, now] =
      when === 'before'
        ? [steady(20, spread), steady(32)]
        : [steady(20), steady(32, spread)];
    expect(judge(steady(20), steady(32)).isPassed).toBe(false);
    expect(judge(before, now).isPassed).toBe(true);
    expect(
      judge(before, { ...now, measured: numbers({ allocatedBytes: 90e6 }) }).isPassed,
    )
      // Of three equal tries and one that is not, nothing is learnt.
      .toBe(false);
  });

  it('may differ no more for tries that were the same', () => {
    const same = tries(20, 20, 20);
    expect(judge(steady(20, same), steady(32, tries(32, 32))).isPassed).toBe(false);
  });

  it('may differ by what two tries did', () => {
    expect(judge(steady(20, tries(33)), steady(32)).isPassed).toBe(true);
    expect(judge(steady(20, tries(21)), steady(32)).isPassed).toBe(false);
  });

  it('can be judged though it is random', () => {
    const spread = tries(16, 26, 22);
    expect(judge(random(20, spread), random(32)).findings).toEqual([]);
    expect(judge(random(20, spread), random(90)).isPassed).toBe(false);
    expect(judge(random(20, tries(30)), random(90)).findings).toMatchObject([
      { direction: 'unknown' },
    ]);
  });

  it('lends its noise beside a history', () => {
    const history = [20, 20, 20].map((mb, index) =>
      runOfTests([steady(mb)], { startedAt: `2026-01-0${index + 1}T12:00:00.000Z` }),
    );
    const now = steady(32);
    expect(judge(steady(20), now, { history }).isPassed).toBe(false);
    expect(judge(steady(20, tries(16, 26, 22)), now, { history }).isPassed).toBe(true);
  });
});

describe('every format tells of a test that is not judged', () => {
  const result = judge(random(20), random(30));

  it('Markdown', () => {
    const page = formatMarkdown(result);
    expect(page).toContain('## ✅ Memory gate passed: 1 not judged.');
    expect(page).toContain('<br>it draws random numbers | allocated | 20 MB | 30 MB |');
    expect(page).toContain(
      '⚪ Not judged: 1 test draws random numbers. Give earlier runs with --history, or use a fixed seed.',
    );
  });

  it('JUnit', () => {
    const xml = formatJunit(result);
    expect(xml).toContain('failures="0" errors="0" skipped="1"');
    expect(xml).toContain(
      '<skipped message="not judged: allocated 30 MB, was 20 MB (+10 MB, +50.0 %); it draws random numbers; Give earlier runs with --history, or use a fixed seed."/>',
    );
  });

  it('JSON', () => {
    expect(JSON.parse(formatJson(result))).toMatchObject({
      passed: true,
      judged: { compared: 0 },
      findings: [
        {
          kind: 'change',
          direction: 'unknown',
          isFailure: false,
          isRandom: true,
          isUnclear: true,
        },
      ],
    });
  });

  it('GitHub’s annotations', () => {
    expect(githubAnnotations(result)).toEqual([
      '::warning file=test/parser.test.ts,line=7,title=Memory%3A not judged::parser > sorts any list%0Aallocated 30 MB, was 20 MB (+10 MB, +50.0 %25)%0Ait draws random numbers%0AGive earlier runs with --history, or use a fixed seed.',
    ]);
  });

  it('GitLab and SARIF', () => {
    expect(JSON.parse(formatGitlab(result))).toMatchObject([{ severity: 'info' }]);
    expect(formatSarif(result)).toContain(
      'it draws random numbers; Give earlier runs with --history, or use a fixed seed."',
    );
  });

  it('a comparison, and the test by itself', () => {
    const run = runOfTests([random(30)]);
    const references = referencesFrom(runOfTests([random(20)]), run);
    const comparison = compareTests(references, run.tests, tolerances);
    expect(formatComparison(comparison)).toContain('    it draws random numbers');
    expect(formatTest(random(30))).toContain('  it draws random numbers');
  });
});
