// Every test tracked, and limits of tests, as a user meets them; in both runners.

import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun, type TestRecord } from '../../packages/core/src/index.js';
import {
  type JestRun,
  type Project,
  type VitestRun,
  verdictsOf,
} from '../tools/project.mjs';
import {
  lineOf,
  type Outcome,
  placeOf,
  projectFor,
  run,
  testNamed,
  textOf,
} from './runs.js';

const POINTS_BYTES = 50_000 * 40;

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  beforeAll(() => {
    project = projectFor(runner, 'tracking', 'tracking');
  });
  const go = (
    fixture: string,
    options: object | undefined,
    more: VitestRun & JestRun = {},
  ): Outcome => {
    const env = {
      ...(options !== undefined && { E2E_TRACKING: JSON.stringify(options) }),
      ...more.env,
    };
    return run(project, { fixture, mode: 'inBand', ...more, env });
  };
  const runFile = (): RunFile => readRun(join(project.dir, '.highwater/run.json'));
  const named = (file: RunFile, title: string): TestRecord => {
    const found = file.tests.filter(({ titles }) => titles.join(' > ') === title);
    const [test] = found;
    if (test === undefined) throw new Error(`no record of ${title}`);
    return test;
  };

  describe('numbers', () => {
    let result: Outcome;
    let file: RunFile;
    beforeAll(() => {
      result = go('costs.test', { track: true });
      file = runFile();
    });

    it('has a record for every test, also for those that did not run', () => {
      expect(result.exitCode).toBe(0);
      const states = file.tests.map(({ titles, ordinal, state }) => [
        `${titles.join(' > ')} ${ordinal}`,
        state,
      ]);
      expect(Object.fromEntries(states)).toEqual({
        'body > does nothing 1': 'passed',
        'body > allocates 1': 'passed',
        'body > allocates, awaited 1': 'passed',
        'body > asks for native memory 1': 'passed',
        'hooks > are apart 1': 'passed',
        'runner > skips 1': 'skipped',
        'runner > has plans 1': 'skipped',
        'runner > is to fail 1': 'passed',
        'runner > has a matcher 1': 'passed',
        'runner > fakes its clocks 1': 'passed',
        'runner > comes after fake clocks 1': 'passed',
        'runner > tries again 1': 'passed',
        'runner > has a name 1': 'passed',
        'runner > has a name 2': 'passed',
      });
      expect(file.problems).toEqual([]);
      expect(readdirSync(join(project.dir, '.highwater/workers'))).toEqual([]);
    });

    it.each(['body > allocates', 'body > allocates, awaited'])('measures %s', (title) => {
      const { measured } = named(file, title);
      expect(measured?.allocatedBytes).toBeGreaterThan(POINTS_BYTES);
      expect(measured?.allocatedBytes).toBeLessThan(POINTS_BYTES * 2);
      expect(measured?.peakBytes).toBeGreaterThan(POINTS_BYTES / 2);
      expect(measured?.rssPeakBytes).toBeGreaterThan(20_000_000);
    });

    it('says at which line a test is', () => {
      const { line } = named(file, 'body > allocates');
      expect(line).toBe(lineOf('tracking/common/costs.test.ts', "it('allocates',"));
    });

    it('measures next to nothing where nothing is done', () => {
      // The end of a page of V8, at most, and what the runner does.
      const { allocatedBytes = Infinity } =
        named(file, 'body > does nothing').measured ?? {};
      expect(allocatedBytes).toBeLessThan(600_000);
    });

    it('measures native memory', () => {
      const { measured } = named(file, 'body > asks for native memory');
      expect(measured?.nativeAllocatedBytes).toBeGreaterThanOrEqual(3_000_000);
      expect(measured?.nativeAllocatedBytes).toBeLessThan(5_000_000);
    });

    it('keeps hooks apart', () => {
      const { measured, hooks } = named(file, 'hooks > are apart');
      expect(measured?.allocatedBytes).toBeLessThan(POINTS_BYTES / 3);
      expect(hooks?.allocatedBytes).toBeGreaterThan(2 * POINTS_BYTES);
    });

    it('says why there are no numbers', () => {
      const { measured, notMeasured } = named(file, 'runner > has a matcher');
      expect(measured).toBeUndefined();
      expect(notMeasured).toBe('a memory matcher or measure() ran in it');
    });

    it('counts tries, and measures the last', () => {
      const { tries, measured } = named(file, 'runner > tries again');
      expect(tries).toBe(3);
      expect(measured).toBeDefined();
    });

    it('has a clock of its own', () => {
      for (const title of [
        'runner > fakes its clocks',
        'runner > comes after fake clocks',
      ]) {
        const { durationMs = -1 } = named(file, title).measured ?? {};
        expect(durationMs).toBeGreaterThan(0);
        expect(durationMs).toBeLessThan(600_000);
      }
    });

    it('tells the largest at the end', () => {
      expect(result.stderr).toContain('Most allocated');
    });
  });

  it('is off unless asked for, and HIGHWATER=1 asks', () => {
    project = projectFor(runner, 'tracking', 'tracking');
    go('suite.test', undefined);
    expect(() => runFile()).toThrow(/run\.json/);
    go('suite.test', undefined, { env: { HIGHWATER: '1' } });
    expect(named(runFile(), 'is small').measured).toBeDefined();
  });

  it('records what ran before a run was given up', () => {
    const options = { limits: { peak: '8 MB' } };
    expect(go('suite.test', options, { args: ['--bail=1'] }).exitCode).toBe(1);
    expect(named(runFile(), 'is small').state).toBe('passed');
    expect(named(runFile(), 'is large').state).toBe('failed');
  });

  it('records callsites when asked', () => {
    go('suite.test', { track: 'callsites' }, { args: ['-t', 'is large'] });
    const { callsites = [] } = named(runFile(), 'is large');
    const own = callsites.filter(({ file }) => file === 'src/work.ts');
    const bytes = own.reduce((sum, site) => sum + site.bytes, 0);
    expect(bytes).toBeGreaterThan(400_000 * 40);
    expect(own.map(({ line }) => line)).toContain(9);
    expect(named(runFile(), 'is small').state).toBe('skipped');
  });

  it('refuses options that mean nothing', () => {
    expect(() => go('suite.test', { limits: { peek: '1 MB' } })).toThrow(
      /no option `peek`.* Did you mean `peak`\?/,
    );
  });

  describe('limits of a test', () => {
    const expected = {
      'within its limits': 'passed',
      'within a peak, for all its garbage': 'passed',
      'within what it may retain': 'passed',
      'within calls that leave nothing': 'passed',
      'beyond what it may allocate': 'failed',
      'beyond its peak': 'failed',
      'beyond its native memory': 'failed',
      'beyond what it may retain': 'failed',
      'beyond calls that keep something': 'failed',
      'odd is to break its limit': 'passed',
      'odd is to break its limit, but does not': 'failed',
      'odd has a matcher inside': 'failed',
    };

    it.each([
      ['with tracking', { track: true }],
      ['without tracking', undefined],
    ])('are held %s', (_, options) => {
      const result = go('limits.test', options);
      expect(Object.entries(verdictsOf(result)).sort()).toEqual(
        Object.entries(expected).sort(),
      );
      const firstLine = (name: string): string =>
        textOf(testNamed(result, name)).split('\n', 1)[0] ?? '';
      // What V8 compiles meanwhile, and the ends of its pages, are in what a test allocates.
      expect(firstLine('beyond what it may allocate')).toMatch(
        /^Expected the test to allocate 1 MB at most, but it allocated [23]\.\d+ MB \(\+[12]\.\d+ MB\)\.$/,
      );
      expect(firstLine('beyond its peak')).toMatch(
        /^Expected the test to peak at 8 MB at most, but it peaked at 1\d(\.\d)? MB \(\+/,
      );
      expect(firstLine('beyond its native memory')).toMatch(
        /^Expected the test to hold 1 MB of native memory at most, but it held 2(\.\d+)? MB \(\+/,
      );
      const retained = textOf(testNamed(result, 'beyond what it may retain'));
      expect(retained).toMatch(/^Expected the test to retain 100 kB at most, but it/);
      expect(retained).toContain('20 Session objects');
      expect(retained).toMatch(/held by [\s\S]*sessions\b[\s\S]*: Session/);
      expect(textOf(testNamed(result, 'beyond calls that keep something'))).toMatch(
        /but every call keeps 1 Session/,
      );
      expect(textOf(testNamed(result, 'odd has a matcher inside'))).toContain(
        'cannot be held: a memory matcher or measure() ran in it',
      );
      const blamed = textOf(testNamed(result, 'beyond its peak'));
      expect(blamed).toContain('src/work.ts:9');
      expect(placeOf(testNamed(result, 'beyond its peak'))).toMatch(/^limits\.test\.ts:/);
    });

    it('cannot be held beside other tests', () => {
      const result = go('concurrent.test', { track: true });
      expect(verdictsOf(result)).toEqual({
        'has a limit all the same': 'failed',
        'runs beside others': 'passed',
      });
      expect(textOf(testNamed(result, 'has a limit all the same'))).toContain(
        'cannot be held: it is concurrent',
      );
      expect(named(runFile(), 'runs beside others').notMeasured).toBe('it is concurrent');
    });
  });

  describe('limits of a suite', () => {
    it('hold for every test', () => {
      const result = go('suite.test', { limits: { peak: '8 MB' } });
      expect(verdictsOf(result)).toEqual({
        'is small': 'passed',
        'is large': 'failed',
        'opens what its hook closes': 'passed',
      });
      const [limit] = named(runFile(), 'is large').limits ?? [];
      expect(limit).toMatchObject({ metric: 'peak', limit: 8_000_000, isBroken: true });
    });

    it('differ by file, and the environment comes first', () => {
      const limits = { peak: '8 MB', files: { 'suite.*': { peak: '100 MB' } } };
      expect(go('suite.test', { limits }).exitCode).toBe(0);
      const env = { HIGHWATER_LIMIT_ALLOCATED: '1 MB' };
      expect(verdictsOf(go('suite.test', { limits }, { env }))).toMatchObject({
        'is small': 'passed',
        'is large': 'failed',
      });
    });

    it('are told where nobody can check them', () => {
      const result = go('concurrent.test', { limits: { peak: '8 MB', native: '8 MB' } });
      expect(verdictsOf(result)).toMatchObject({ 'runs beside others': 'passed' });
      expect(named(runFile(), 'runs beside others').limitsUnchecked).toEqual([
        'peak',
        'native',
      ]);
      expect(result.stderr).toMatch(
        /Limits not checked: 1 test\n +it is concurrent\n +runs beside others/,
      );
    });

    it('of what is retained allow for what hooks let go of', () => {
      const result = go('suite.test', { limits: { retained: '100 kB' } });
      expect(verdictsOf(result)).toMatchObject({
        'opens what its hook closes': 'passed',
      });
    });
  });

  const worlds: readonly (VitestRun & JestRun)[] =
    runner === 'vitest'
      ? [
          ...(['forks', 'threads', 'vmThreads', 'vmForks'] as const).map((pool) => ({
            pool,
          })),
          { pool: 'forks', args: ['--no-isolate'] },
          { pool: 'threads', args: ['--no-isolate'] },
        ]
      : (['children', 'workerThreads'] as const).map((mode) => ({ mode }));
  it.each(worlds)('tracks in %o', (world) => {
    const result = go('suite.test', { limits: { peak: '8 MB' } }, world);
    expect(verdictsOf(result)).toMatchObject({
      'is small': 'passed',
      'is large': 'failed',
    });
    expect(named(runFile(), 'is small').measured).toBeDefined();
  });
});
