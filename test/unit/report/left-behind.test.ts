// What files leave behind, in the gate and in each of its texts.

import type { FileRecord, RunFile } from '@highwater/core';
import { describe, expect, it } from 'vitest';
import {
  fileReferencesFrom,
  formatGate,
  formatGitlab,
  formatJson,
  formatJunit,
  formatMarkdown,
  formatSarif,
  type GateResult,
  githubAnnotations,
  judgeRun,
  referencesFrom,
  runTolerances,
  withFileNoiseOf,
} from '../../../packages/report/src/index.js';
import { fileOf, runOfTests, testOf } from './runs.js';

const REGISTRY = 'sessions (module src/registry.ts:2): Map → entry "s0": Session';

interface Group {
  readonly bytes: number;
  readonly name?: string;
  readonly heldBy?: string;
}

let order = 0;
function leaving(
  file: string,
  groups: readonly Group[],
  changes: Partial<FileRecord> = {},
): FileRecord {
  order++;
  return fileOf(file, {
    leftBehindBytes: groups.reduce((sum, { bytes }) => sum + bytes, 0),
    classes: groups.map(({ name = 'Session', bytes }) => ({ name, count: 3_000, bytes })),
    heldBy: groups.map(({ heldBy = REGISTRY }) => heldBy),
    order,
    ...changes,
  });
}

let second = 0;
function runOf(...files: readonly FileRecord[]): RunFile {
  second++;
  return runOfTests(
    files.map(({ file }) => testOf('works', { file })),
    { files, startedAt: new Date(Date.UTC(2026, 0, 1, 0, 0, second)).toISOString() },
  );
}

function judge(
  before: readonly RunFile[],
  now: RunFile,
  options: Partial<Parameters<typeof judgeRun>[1]> = {},
): GateResult {
  const [earlier = now] = before;
  return judgeRun(now, {
    references: referencesFrom(earlier, now),
    fileReferences: fileReferencesFrom(before),
    tolerances: runTolerances(),
    ...options,
  });
}

const A = 'test/a.test.ts';
const B = 'test/b.test.ts';
const MB = 1_000_000;
const clean = runOf(leaving(A, []), leaving(B, []));
const leaky = runOf(leaving(A, []), leaving(B, [{ bytes: 3.7 * MB }]));

describe('a file that newly leaves something behind', () => {
  const result = judge([clean], leaky);

  it('fails the gate, with its class and its holder', () => {
    expect(result.isPassed).toBe(false);
    expect(`\n${formatGate(result).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Left behind more: 1 file
        test/b.test.ts
          left behind 3.7 MB, was 0 B (+3.7 MB)
            +3.7 MB: 3,000 Session objects, held by sessions (module
              src/registry.ts:2): Map → entry "s0": Session

      Memory gate failed: 1 file left behind more.
      "
    `);
  });

  it.each([
    ['annotations', (one: GateResult) => githubAnnotations(one).join('\n')],
    ['JUnit', formatJunit],
    ['SARIF', formatSarif],
    ['GitLab', formatGitlab],
    ['JSON', formatJson],
    ['Markdown', formatMarkdown],
  ] as const)('is in %s, with its class and its holder', (_, format) => {
    const text = format(result);
    expect(text).toContain('b.test.ts');
    expect(text).toContain('3.7 MB');
    expect(text).toContain('3,000 Session objects');
    expect(text).toMatch(/sessions \\?\(module src\/registry/);
    expect(format(judge([clean], clean))).not.toContain('Session');
  });

  it('is a failure in each of them', () => {
    expect(githubAnnotations(result)[0]).toMatch(
      /^::error file=test\/b\.test\.ts,title=Memory%3A left behind more::/,
    );
    expect(formatJunit(result)).toContain(
      '<testsuites name="highwater" tests="4" failures="1" errors="0"',
    );
    const sarif = JSON.parse(formatSarif(result)).runs[0].results[0];
    expect([sarif.ruleId, sarif.level]).toEqual(['left-behind', 'error']);
    const [issue] = JSON.parse(formatGitlab(result));
    expect([issue.check_name, issue.severity, issue.location]).toEqual([
      'highwater-left-behind',
      'major',
      { path: B, lines: { begin: 1 } },
    ]);
    const [finding] = JSON.parse(formatJson(result)).findings;
    expect(finding).toMatchObject({
      kind: 'left-behind',
      isFailure: true,
      file: B,
      leftBehind: { before: 0, now: 3.7 * MB, difference: 3.7 * MB },
    });
  });
});

function verdictOf(
  before: RunFile,
  now: RunFile,
  tolerance: readonly string[] = [],
): string[] {
  const { files } = judge([before], now, { tolerances: runTolerances(tolerance) });
  return (files?.changes ?? [])
    .filter(({ verdict }) => verdict !== 'equal')
    .map(({ file, verdict, difference }) => `${file.file} ${verdict} ${difference}`);
}

describe('what fails', () => {
  it('is more of the same', () => {
    const before = runOf(leaving(A, [{ bytes: MB }]));
    const now = runOf(leaving(A, [{ bytes: 2 * MB }]));
    expect(verdictOf(before, now)).toEqual([`${A} regressed ${MB}`]);
    expect(verdictOf(now, before)).toEqual([`${A} improved ${-MB}`]);
    expect(verdictOf(now, now)).toEqual([]);
  });

  it('is a byte more than is allowed', () => {
    const of = (bytes: number) => runOf(leaving(A, [{ bytes }]));
    const allowed = ['left-behind=500kB'];
    expect(verdictOf(of(MB), of(1_500_000), allowed)).toEqual([]);
    expect(verdictOf(of(MB), of(1_500_001), allowed)).toEqual([`${A} regressed 500001`]);
    expect(verdictOf(of(0), of(200_000))).toEqual([]);
    expect(verdictOf(of(0), of(200_001))).toEqual([`${A} regressed 200001`]);
  });

  it('is what a new file leaves, but for what others of its kind leave, too', () => {
    const fresh = leaving('test/new.test.ts', [{ bytes: 3 * MB }]);
    expect(verdictOf(clean, runOf(leaving(A, []), fresh))).toEqual([
      `test/new.test.ts regressed ${3 * MB}`,
    ]);
    const before = runOf(leaving(A, [{ bytes: 3 * MB }]));
    const now = runOf(leaving(A, [{ bytes: 3 * MB }]), fresh);
    expect(verdictOf(before, now)).toEqual([]);
  });

  it('is another holder', () => {
    const before = runOf(leaving(A, [{ bytes: MB }]));
    const other = { bytes: 2 * MB, name: 'Array', heldBy: 'globalThis.kept: Array' };
    const now = runOf(leaving(A, [{ bytes: MB }, other]));
    expect(verdictOf(before, now)).toEqual([`${A} regressed ${2 * MB}`]);
  });
});

describe('what does not', () => {
  it('is a line that has shifted, and a key that is another', () => {
    const held = 'sessions (module src/registry.ts:9): Map → entry "s8131": Session';
    const before = runOf(leaving(A, [{ bytes: MB }]), leaving(B, []));
    const now = runOf(leaving(A, []), leaving(B, [{ bytes: MB, heldBy: held }]));
    expect(verdictOf(before, now)).toEqual([]);
  });

  it('is a variable that was renamed', () => {
    const before = runOf(leaving(A, [{ bytes: 2 * MB }]));
    const now = runOf(leaving(A, [{ bytes: 2 * MB, heldBy: 'globalThis.kept: Map' }]));
    expect(verdictOf(before, now)).toEqual([]);
  });

  it('is a cache that another file fills first', () => {
    const before = runOf(leaving(A, [{ bytes: 2 * MB }]), leaving(B, []));
    const now = runOf(leaving(B, [{ bytes: 2 * MB }]), leaving(A, []));
    expect(verdictOf(before, now)).toEqual([]);
  });

  it('is a cache that is filled in one worker more', () => {
    const before = runOf(leaving(A, [{ bytes: 2 * MB }]), leaving(B, []));
    const now = runOf(
      leaving(A, [{ bytes: 2 * MB }]),
      leaving(B, [{ bytes: 2 * MB }], { worker: '42-0' }),
    );
    expect(verdictOf(before, now)).toEqual([]);
  });

  it('but a file that adds to it after another does', () => {
    const before = runOf(leaving(A, [{ bytes: 2 * MB }]), leaving(B, []));
    const now = runOf(leaving(A, [{ bytes: 2 * MB }]), leaving(B, [{ bytes: 2 * MB }]));
    expect(verdictOf(before, now)).toEqual([`${B} regressed ${2 * MB}`]);
  });

  it('and one that leaves far more of it than the other had', () => {
    const before = runOf(leaving(A, [{ bytes: 2 * MB }]), leaving(B, []));
    const now = runOf(leaving(B, [{ bytes: 6 * MB }]), leaving(A, [{ bytes: 2 * MB }]));
    expect(verdictOf(before, now)).toEqual([`${B} regressed ${4 * MB}`]);
  });
});

describe('with a history', () => {
  const humps = [0, 3, 0, 3, 0].map((times) =>
    runOf(leaving(A, [{ bytes: times * MB }])),
  );

  it('a file that leaves something now and then fails only beyond that', () => {
    const history = fileReferencesFrom(humps);
    const [before = clean] = humps;
    const against = withFileNoiseOf(fileReferencesFrom([before]), history);
    const verdict = (bytes: number, fileReferences = history) =>
      judge([before], runOf(leaving(A, [{ bytes }])), { fileReferences }).isPassed;
    expect([verdict(3 * MB), verdict(3.3 * MB), verdict(9 * MB)]).toEqual([
      true,
      false,
      false,
    ]);
    expect([verdict(3 * MB, against), verdict(9 * MB, against)]).toEqual([true, false]);
    expect(judge([before], runOf(leaving(A, [{ bytes: 3 * MB }]))).isPassed).toBe(false);
  });
});

describe('what cannot be compared', () => {
  const unlooked = runOfTests([testOf('works', { file: A })]);

  it.each([
    ['in the earlier run', unlooked, leaky],
    ['in this run', clean, unlooked],
  ])('is told when nobody looked %s, and fails nothing', (where, before, now) => {
    const result = judge([before], now);
    expect(result.isPassed).toBe(true);
    const words = `What files leave behind was not compared: nobody looked ${where}`;
    expect(formatGate(result).join(' ')).toContain(words.slice(0, 60));
    expect(githubAnnotations(result).join()).toContain(words);
    expect(formatMarkdown(result)).toContain(words);
    expect(JSON.parse(formatJson(result)).filesNotCompared.why[0]).toContain(words);
    expect(judge([before], now, { failOn: ['left-behind'] }).isPassed).toBe(false);
  });

  it('is nothing where nobody looked at all', () => {
    const { files, isPassed } = judge([unlooked], unlooked);
    expect([files, isPassed]).toEqual([undefined, true]);
  });

  it('is a file in which a matcher ran', () => {
    const { leftBehindBytes: _, ...bare } = fileOf(B);
    const why = 'a memory matcher, or an inspector, ran in it';
    const now = runOf(leaving(A, []), { ...bare, notSearched: why });
    const result = judge([clean], now);
    expect(result.isPassed).toBe(true);
    expect(formatGate(result).join(' ')).toContain(`What ${B} left behind was not`);
  });
});

describe('the limit of a file', () => {
  const limited = (actual: number) =>
    runOf(
      leaving(A, [{ bytes: actual }], {
        limits: [{ metric: 'leftBehind', limit: MB, actual, isBroken: actual > MB }],
      }),
    );
  const own = (run: RunFile, failOn: ['incomplete'] | [] = []): GateResult =>
    judgeRun(run, { tolerances: runTolerances(), failOn });

  it('fails the gate when it is broken, and is told', () => {
    const result = own(limited(MB + 1));
    expect(result.isPassed).toBe(false);
    expect(`\n${formatGate(result).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Limit broken: 1 file
        test/a.test.ts
          left behind 1,000,001 B, limit 1,000,000 B (+1 B)
            1 MB: 3,000 Session objects, held by sessions (module src/registry.ts:2):
              Map → entry "s0": Session

      Memory gate failed: 1 limit broken.
      "
    `);
    for (const text of [
      githubAnnotations(result).join('\n'),
      formatJunit(result),
      formatSarif(result),
      formatGitlab(result),
      formatJson(result),
      formatMarkdown(result),
    ]) {
      expect(text).toContain('3,000 Session objects');
    }
    expect(own(limited(MB)).isPassed).toBe(true);
    expect(own(limited(MB)).judged.limits).toBe(1);
  });

  it('counts as incomplete where it was not checked', () => {
    const { leftBehindBytes: _, ...bare } = fileOf(A);
    const run = runOf({ ...bare, notSearched: 'it', limitsUnchecked: ['leftBehind'] });
    expect(own(run).isPassed).toBe(true);
    expect(formatGate(own(run)).join('\n')).toContain('Limits not checked: 1 file');
    expect(own(run, ['incomplete']).isPassed).toBe(false);
  });
});
