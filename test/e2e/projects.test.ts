// One test file in several projects of a runner: every record is there, and each belongs to its project.

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun } from '../../packages/core/src/index.js';
import {
  cleanEnv,
  type JestRun,
  type Project,
  type VitestRun,
} from '../tools/project.mjs';
import { type Outcome, projectFor, run } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
/** Of the objects that fill a table of the large project. */
const LEAST_BYTES = 100_000 * 40;

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  beforeAll(() => {
    project = projectFor(runner, 'projects', 'projects');
  });

  const go = (
    options: object,
    { env, ...more }: VitestRun & JestRun & { readonly names?: readonly unknown[] } = {},
  ): Outcome => {
    const { names, ...rest } = more;
    return run(project, {
      mode: 'children',
      hasRoots: true,
      ...rest,
      env: {
        E2E_TRACKING: JSON.stringify(options),
        ...(names !== undefined && { E2E_NAMES: JSON.stringify(names) }),
        ...env,
      },
    });
  };
  const runFile = (): RunFile => readRun(join(project.dir, '.highwater/run.json'));
  const command = (...args: readonly string[]) => {
    const bin = join(project.dir, 'node_modules/@highwater/cli/bin/highwater.js');
    const { status, stdout, stderr } = spawnSync(node, [bin, ...args], {
      cwd: project.dir,
      env: cleanEnv(),
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  };
  const names = (file: RunFile): readonly string[] =>
    file.tests.map(
      (test) => `[${test.project}] ${test.file} > ${test.titles.join(' > ')}`,
    );

  const NAMED = [
    '[large] test/baseline.test.ts > keeps its cost',
    '[small] test/baseline.test.ts > keeps its cost',
    '[large] test/table.test.ts > table > does nothing',
    '[large] test/table.test.ts > table > is filled',
    '[large] test/table.test.ts > table > is filled at first',
    '[small] test/table.test.ts > table > does nothing',
    '[small] test/table.test.ts > table > is filled',
    '[small] test/table.test.ts > table > is filled at first',
    '[nested] nested/own.test.ts > lies deeper',
  ].sort();

  const modes: readonly (VitestRun & JestRun)[] =
    runner === 'vitest'
      ? [{ pool: 'forks' }, { pool: 'threads' }, { args: ['--no-isolate'] }]
      : [{ mode: 'children' }, { mode: 'inBand' }];

  it.each(modes)('has a record for every test of every project: %j', (mode) => {
    const { tests } = go({ track: true }, mode);
    const file = runFile();
    expect([...names(file)].sort()).toEqual(NAMED);
    expect(tests).toHaveLength(NAMED.length);
    expect(file.problems).toEqual([]);
    expect(file.faults).toBeUndefined();
    const filled = file.tests.filter(({ titles }) => titles[1] === 'is filled');
    const bytes = Object.fromEntries(
      filled.map((test) => [test.project, test.measured?.allocatedBytes ?? 0]),
    );
    expect(bytes.large).toBeGreaterThan(LEAST_BYTES);
    expect(bytes.small).toBeLessThan(LEAST_BYTES / 4);
  });

  it('says nothing of projects where there are none', () => {
    go({ track: true }, { names: [] });
    const file = runFile();
    expect(file.tests).toHaveLength(4);
    expect(JSON.stringify(file)).not.toContain('"project"');
    expect(file.faults).toBeUndefined();
  });

  it('fails the gate for a limit that one project breaks, in any try', () => {
    go({ limits: { allocated: '2 MB' } });
    const file = runFile();
    const broken = file.tests.flatMap(({ project: name, titles, state, limits = [] }) =>
      limits
        .filter(({ isBroken }) => isBroken)
        .map(({ inTry }) => [name, titles.at(-1), state, inTry]),
    );
    expect(broken.sort()).toEqual([
      ['large', 'is filled at first', 'passed', 1],
      ['large', 'is filled', 'failed', undefined],
    ]);
    const { status, text } = command('gate', '--no-ci');
    expect(status).toBe(1);
    expect(text).toContain('[large] table > is filled');
    expect(text).toMatch(/limit 2 MB \(\+.*\) in try 1/);
    expect(text).toContain('2 limits broken');
    expect(command('show', '--test', '[small] test/table').text).toContain(
      '[small] table > is filled',
    );
  });

  it('keeps the baseline of each project', () => {
    const file = join(project.dir, 'test/__memory__/baseline.test.ts.memory.json');
    rmSync(file, { force: true });
    const local = { env: { CI: '' } };
    const options = { track: true };
    go(options, local);
    const written = readFileSync(file, 'utf8');
    const entries = JSON.parse(written).tests['keeps its cost'];
    expect(Object.keys(entries).map((key) => key.replace(/^\S+ /, ''))).toEqual([
      '[large]',
      '[small]',
    ]);
    // Neither is better than the other, nor obsolete because the other ran alone.
    const only = runner === 'vitest' ? ['--project=small'] : ['--selectProjects=small'];
    for (const args of [[], only, [...only, '-u'], ['-u']]) {
      const { exitCode, stderr } = go(options, { ...local, args });
      expect(exitCode).toBe(0);
      expect(stderr).not.toContain('memory baseline');
      expect(readFileSync(file, 'utf8')).toBe(written);
    }
  });

  it('holds a baseline from before there were projects', () => {
    const file = join(project.dir, 'test/__memory__/baseline.test.ts.memory.json');
    rmSync(file, { force: true });
    go({ track: true }, { names: [], env: { CI: '' } });
    expect(existsSync(file)).toBe(true);
    expect(readFileSync(file, 'utf8')).not.toContain('[large]');
    go({ track: true });
    const verdicts = runFile().tests.flatMap(({ project: name, baselines = [] }) =>
      baselines.map(({ verdict }) => [name, verdict]),
    );
    // What is recorded is the cost of the large one.
    expect(Object.fromEntries(verdicts)).toEqual({ large: 'equal', small: 'improved' });
    rmSync(file, { force: true });
  });

  it('follows a project that has another name now', () => {
    const kept = join(project.dir, 'before.json');
    go({ track: true });
    const before = readFileSync(join(project.dir, '.highwater/run.json'), 'utf8');
    writeFileSync(kept, before);
    go({ track: true }, { names: ['huge', 'small'] });
    const { text } = command('compare', kept, '.highwater/run.json', '--json', '-');
    const json = JSON.parse(text.slice(text.indexOf('{\n'), text.lastIndexOf('}') + 1));
    const followed = json.changes.filter(
      (change: { readonly wasInProject?: string }) => change.wasInProject !== undefined,
    );
    expect(json.added).toEqual([]);
    expect(json.removed).toEqual([]);
    expect(followed).toHaveLength(3);
  });
});
