import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  BaselineSession,
  type BaselineSummary,
  type FinishedTest,
  type Outcome,
  type RunningTest,
  type UpdateMode,
  type UpdatePolicy,
} from '../../../../packages/core/src/baseline/session.js';
import { readBaseline } from '../../../../packages/core/src/baseline/store.js';
import { tolerancesFor } from '../../../../packages/core/src/compare/tolerance.js';
import type { BaselineRecord } from '../../../../packages/core/src/types.js';
import { bytes, number, record } from './records.js';

const environment = 'node22-linux-x64';
type Policy = UpdatePolicy & { readonly mode: UpdateMode };
const NEW: Policy = { mode: 'new', ratchet: false, missingEnvironment: 'fail' };
const CI: Policy = { ...NEW, mode: 'none' };
const ALL: Policy = { ...NEW, mode: 'all' };

let folder: string;
let testFile: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-session-'));
  testFile = join(folder, 'a.test.ts');
});
afterEach(() => rmSync(folder, { recursive: true }));

function test(name: string, ordinal = 0): RunningTest {
  return { titles: name.split('/'), ordinal, identity: {}, isConcurrent: false };
}

/** One run of a file: each call is a test, its name option and what it measures. */
function run(
  calls: readonly (readonly [RunningTest | string, BaselineRecord, string?])[],
  policy = NEW,
  options: {
    readonly tests?: readonly FinishedTest[];
    readonly env?: string;
    readonly required?: readonly 'peakBytes'[];
    readonly unfit?: Error;
  } = {},
): { readonly outcomes: readonly Outcome[]; readonly summary: BaselineSummary } {
  const session = new BaselineSession(testFile, options.env ?? environment);
  const outcomes = calls.map(([which, now, name = '']) => {
    const running = typeof which === 'string' ? test(which) : which;
    session.startTest(running, policy.mode);
    return session.judge({
      key: session.claim(running, name),
      now,
      tolerances: tolerancesFor('sync', undefined),
      required: options.required ?? [],
      policy,
      unfit: options.unfit,
    });
  });
  const tests = options.tests ?? [];
  return { outcomes, summary: session.finish(tests) };
}

function kinds({
  outcomes,
}: {
  readonly outcomes: readonly Outcome[];
}): readonly string[] {
  return outcomes.map(({ kind }) => kind);
}

function text(): string {
  return readFileSync(join(folder, '__memory__/a.test.ts.memory.json'), 'utf8');
}

function keys(): readonly string[] {
  return Object.keys(JSON.parse(text()).tests);
}

const passed = (name: string): FinishedTest => ({ ...test(name), state: 'passed' });

describe('a local run', () => {
  it('records what is new, then compares', () => {
    expect(kinds(run([['parses', bytes(10_000)]]))).toEqual(['written']);
    const recorded = text();
    expect(kinds(run([['parses', bytes(10_050)]]))).toEqual(['equal']);
    expect(kinds(run([['parses', bytes(10_500)]]))).toEqual(['regressed']);
    expect(kinds(run([['parses', bytes(9_000)]]))).toEqual(['improved']);
    expect(text()).toBe(recorded);
  });

  it('records a new environment beside the old', () => {
    run([['parses', bytes(10_000)]]);
    const { outcomes } = run([['parses', bytes(5)]], NEW, { env: 'node24-linux-x64' });
    expect(outcomes).toEqual([{ kind: 'written' }]);
    expect(Object.keys(JSON.parse(text()).tests.parses)).toEqual([
      'node22-linux-x64',
      'node24-linux-x64',
    ]);
  });

  it('with a ratchet takes improvements, and no regression', () => {
    const ratchet = { ...NEW, ratchet: true };
    run([['a', bytes(10_000)]]);
    expect(kinds(run([['a', bytes(9_000)]], ratchet))).toEqual(['updated']);
    expect(kinds(run([['a', bytes(10_000)]], ratchet))).toEqual(['regressed']);
    expect(kinds(run([['a', bytes(8_000)]], { ...ratchet, mode: 'none' }))).toEqual([
      'improved',
    ]);
  });

  it('refuses to record noise, and only then', () => {
    const unfit = new Error('noisy');
    expect(() => run([['a', bytes(1)]], NEW, { unfit })).toThrow('noisy');
    expect(existsSync(join(folder, '__memory__'))).toBe(false);
    run([['a', bytes(1)]]);
    expect(kinds(run([['a', bytes(1)]], NEW, { unfit }))).toEqual(['equal']);
  });
});

describe('CI', () => {
  it('writes nothing, and says which environments are there', () => {
    expect(run([['a', bytes(1)]], CI).outcomes).toEqual([
      { kind: 'missing', recorded: [], isWarning: false },
    ]);
    expect(existsSync(join(folder, '__memory__'))).toBe(false);
    run([['a', bytes(1)]], NEW, { env: 'node24-linux-x64' });
    const before = text();
    expect(run([['a', bytes(1)]], CI).outcomes).toEqual([
      { kind: 'missing', recorded: ['node24-linux-x64'], isWarning: false },
    ]);
    expect(text()).toBe(before);
  });

  it('warns of a missing environment when told to, but not of a missing entry', () => {
    const warn = { ...CI, missingEnvironment: 'warn' as const };
    run([['a', bytes(1)]], NEW, { env: 'node24-linux-x64' });
    const { outcomes, summary } = run(
      [
        ['a', bytes(1)],
        ['b', bytes(1)],
      ],
      warn,
    );
    expect(outcomes).toMatchObject([{ isWarning: true }, { isWarning: false }]);
    expect(summary.missing).toEqual(['a']);
  });
});

describe('-u', () => {
  it('rewrites what differs and leaves the rest byte-identical', () => {
    run([
      ['a', bytes(10_000)],
      ['b', bytes(10_000)],
    ]);
    const before = JSON.parse(text());
    const result = run(
      [
        ['a', bytes(10_050)],
        ['b', bytes(20_000)],
      ],
      ALL,
    );
    expect(kinds(result)).toEqual(['equal', 'updated']);
    const after = JSON.parse(text());
    expect(after.tests.a).toEqual(before.tests.a);
    expect(after.tests.b[environment].heap.allocatedBytes.value).toBe(20_000);
  });

  it('takes numbers that the record does not have', () => {
    run([['a', bytes(1_000)]]);
    const more = record({
      heap: { allocatedBytes: number(1_000), peakBytes: number(1) },
    });
    expect(kinds(run([['a', more]]))).toEqual(['equal']);
    expect(kinds(run([['a', more]], ALL))).toEqual(['updated']);
    expect(text()).toContain('peakBytes');
  });

  it('takes what cannot be compared', () => {
    run([['a', record({ tier: 'optimized' })]]);
    expect(run([['a', record()]]).outcomes).toMatchObject([
      { kind: 'incomparable', why: { because: 'tier' } },
    ]);
    expect(kinds(run([['a', record()]], ALL))).toEqual(['updated']);
    expect(kinds(run([['a', record()]]))).toEqual(['equal']);
  });
});

describe('a metric that was asked for by name', () => {
  it('must be in the record', () => {
    run([['a', bytes(1_000)]]);
    expect(run([['a', bytes(1_000)]], NEW, { required: ['peakBytes'] }).outcomes).toEqual(
      [{ kind: 'incomparable', why: { because: 'metrics', missing: ['peakBytes'] } }],
    );
  });
});

describe('names', () => {
  it('are of the whole path, with numbers where they repeat', () => {
    const twice = test('parser/parses', 1);
    const once = test('parser/parses');
    run([
      [once, bytes(1)],
      [twice, bytes(2)],
    ]);
    expect(keys()).toEqual(['parser > parses', 'parser > parses (2)']);
  });

  it('of several baselines in a test', () => {
    const session = new BaselineSession(testFile, environment);
    const one = test('parses');
    session.startTest(one, 'new');
    const claims = ['', '', 'cold', 'cold', ''].map((name) => session.claim(one, name));
    expect(claims).toEqual([
      'parses',
      'parses [2]',
      'parses: cold',
      'parses: cold [2]',
      'parses [3]',
    ]);
  });

  it('are free again when a test is tried again, and theirs alone', () => {
    const session = new BaselineSession(testFile, environment);
    const [a, b] = [test('same'), test('same', 1)];
    const attempt = (one: RunningTest): string => {
      session.startTest(one, 'new');
      return session.claim(one, '');
    };
    expect([attempt(a), attempt(b), attempt(a), attempt(a), attempt(b)]).toEqual([
      'same',
      'same (2)',
      'same',
      'same',
      'same (2)',
    ]);
  });

  it('never collide, whatever tests are called', () => {
    const session = new BaselineSession(testFile, environment);
    const claims = [
      test('a', 1),
      test('a (2)'),
      test('a'),
      test('a: x'),
      test('a [2]'),
    ].map((one) => {
      session.startTest(one, 'new');
      return [session.claim(one, ''), session.claim(one, 'x')];
    });
    expect(new Set(claims.flat()).size).toBe(10);
  });

  it('a retry keeps only what the last attempt measured', () => {
    const one = test('flaky');
    run([
      [one, bytes(1)],
      [one, bytes(2)],
    ]);
    expect(JSON.parse(text()).tests.flaky[environment].heap.allocatedBytes.value).toBe(2);
    expect(keys()).toEqual(['flaky']);
  });
});

describe('an obsolete entry', () => {
  beforeEach(() => {
    run([
      ['stays', bytes(1)],
      ['gone', bytes(1)],
      ['gone', bytes(1), 'cold'],
    ]);
  });

  const rest = [['stays', bytes(1)]] as const;

  it('is reported, and removed by -u', () => {
    const tests = [passed('stays')];
    const { summary } = run(rest, NEW, { tests });
    expect(summary).toMatchObject({ obsolete: ['gone', 'gone: cold'], removed: [] });
    expect(keys()).toHaveLength(3);
    expect(run(rest, ALL, { tests }).summary).toMatchObject({
      obsolete: [],
      removed: ['gone', 'gone: cold'],
    });
    expect(keys()).toEqual(['stays']);
  });

  it.each(['skipped', 'failed'] as const)('is none while its test %s', (state) => {
    const tests = [passed('stays'), { ...test('gone'), state }];
    expect(run(rest, ALL, { tests }).summary.removed).toEqual([]);
  });

  it('is one when its test passed without it', () => {
    const tests = [passed('stays'), passed('gone')];
    expect(run(rest, ALL, { tests }).summary.removed).toEqual(['gone', 'gone: cold']);
  });

  it('is none when the runner does not tell its tests', () => {
    const session = new BaselineSession(testFile, environment);
    session.startTest(test('stays'), 'all');
    expect(session.finish(undefined).removed).toEqual([]);
  });

  it('stays for other environments', () => {
    const tests = [passed('stays')];
    const other = run([['stays', bytes(1)]], ALL, { tests, env: 'node24-linux-x64' });
    expect(other.summary.removed).toEqual([]);
    expect(Object.keys(JSON.parse(text()).tests)).toHaveLength(3);
  });
});

it('a file that cannot be read fails the test and is left alone', () => {
  run([['a', bytes(1)]]);
  const path = join(folder, '__memory__/a.test.ts.memory.json');
  writeFileSync(path, '{');
  expect(() => run([['a', bytes(1)]], ALL)).toThrow('The baseline file cannot be read');
  expect(readFileSync(path, 'utf8')).toBe('{');
});

describe('projects', () => {
  const inProject = (
    name: string | undefined,
    all: readonly string[] | undefined,
    mode: 'all' | 'new' | 'none',
    size: number,
  ) => {
    const session = new BaselineSession(testFile, environment, { name, all });
    const running = test('parses');
    session.startTest(running, mode);
    const policy = { ratchet: true, missingEnvironment: 'fail' } as const;
    const outcome = session.judge({
      key: session.claim(running, ''),
      now: bytes(size),
      tolerances: tolerancesFor('sync', undefined),
      required: [],
      policy,
      unfit: undefined,
    });
    const { kind } = outcome;
    return { kind, summary: session.finish([{ ...running, state: 'passed' }]) };
  };
  const places = (): readonly string[] => {
    const { baselineFile } = new BaselineSession(testFile, environment);
    return [...(readBaseline(baselineFile).get('parses')?.keys() ?? [])].sort();
  };

  it('have records of their own, and touch no other', () => {
    const all = ['large', 'small'];
    expect(inProject('large', all, 'new', 100_000).kind).toBe('written');
    expect(inProject('small', all, 'new', 1_000).kind).toBe('written');
    expect(places()).toEqual([`${environment} [large]`, `${environment} [small]`]);
    for (const mode of ['new', 'none', 'all'] as const) {
      const large = inProject('large', all, mode, 100_000);
      expect(large.kind).toBe('equal');
      expect(inProject('small', all, mode, 1_000).kind).toBe('equal');
      expect(large.summary).toMatchObject({ obsolete: [], removed: [], abandoned: [] });
    }
    expect(places()).toHaveLength(2);
  });

  it('are held to what was recorded without projects', () => {
    inProject(undefined, [''], 'new', 100_000);
    expect(places()).toEqual([environment]);
    const all = ['large', 'small'];
    expect(inProject('large', all, 'none', 100_000).kind).toBe('equal');
    expect(inProject('large', all, 'none', 200_000).kind).toBe('regressed');
    expect(inProject('large', undefined, 'none', 100_000).kind).toBe('equal');
    const told = inProject('large', all, 'none', 100_000).summary;
    expect(told.abandoned).toEqual([`parses (${environment})`]);
    expect(inProject('large', all, 'all', 100_000).kind).toBe('updated');
    expect(places()).toEqual([`${environment} [large]`]);
  });

  it('are followed under another name, only when it is clear which one is gone', () => {
    inProject('old', ['old', 'small'], 'new', 100_000);
    const all = ['large', 'small'];
    expect(inProject('large', all, 'none', 100_000).kind).toBe('equal');
    // Others may have been left out.
    expect(inProject('large', undefined, 'none', 100_000).kind).toBe('missing');
    inProject('older', ['older', 'small'], 'new', 90_000);
    expect(inProject('large', all, 'none', 100_000).kind).toBe('missing');
  });

  it('that do not run keep their records', () => {
    inProject('large', ['large', 'small'], 'new', 100_000);
    inProject('small', ['small'], 'all', 1_000);
    inProject('small', undefined, 'all', 1_000);
    expect(places()).toEqual([`${environment} [large]`, `${environment} [small]`]);
  });
});
