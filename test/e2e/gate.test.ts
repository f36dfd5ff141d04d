// A pull request and its gate: a real runner, a repository of its own, the command as a process.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, type Project } from '../tools/project.mjs';
import { projectFor, run } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;

  const git = (...args: readonly string[]): void => {
    const identity = ['-c', 'user.name=A', '-c', 'user.email=a@example.test'];
    const { status, stderr } = spawnSync('git', [...identity, ...args], {
      cwd: project.dir,
      encoding: 'utf8',
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  };

  /** Runs the suite; the run file is then called so. */
  const suite = (name: string, args: readonly string[] = []): string => {
    run(project, { args, ...(runner === 'jest' && { mode: 'children' }) });
    const file = join(project.dir, '.highwater/kept', name, 'run.json');
    mkdirSync(dirname(file), { recursive: true });
    renameSync(join(project.dir, '.highwater/run.json'), file);
    return file;
  };

  const gate = (...args: readonly string[]) => gateIn({}, ...args, '--no-ci');

  const gateIn = (ci: Readonly<Record<string, string>>, ...args: readonly string[]) => {
    const bin = join(project.dir, 'node_modules/@highwater/cli/bin/highwater.js');
    const { status, stdout, stderr } = spawnSync(node, [bin, 'gate', ...args], {
      cwd: project.dir,
      env: cleanEnv(ci),
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  };

  const edit = (path: string, change: (text: string) => string): void => {
    const file = join(project.dir, path);
    const before = readFileSync(file, 'utf8');
    const text = change(before);
    if (text === before) throw new Error(`nothing to change in ${path}`);
    writeFileSync(file, text);
  };

  let main: string;
  beforeAll(() => {
    project = projectFor(runner, 'gate', 'gate');
    writeFileSync(join(project.dir, '.gitignore'), 'node_modules\n.numbers-*\n');
    git('init', '--quiet', '--initial-branch=main');
    // Records the baselines, which are committed.
    suite('recording', ['-u']);
    git('add', '.');
    git('commit', '--quiet', '--message=main');
    main = suite('main');
  });
  afterEach(() => {
    git('reset', '--quiet', '--hard', 'main');
    git('clean', '--quiet', '--force', '-d');
  });

  it('keeps the files of runs out of the repository', () => {
    const { stdout } = spawnSync('git', ['status', '--porcelain'], {
      cwd: project.dir,
      encoding: 'utf8',
    });
    expect(stdout).toBe('');
  });

  it('passes the same code', () => {
    expect(gate(suite('again'), '--against', main)).toEqual({
      status: 0,
      text: 'Memory gate passed: 1 baseline checked, 3 tests compared.\n',
    });
  });

  it('fails 5 % more than the committed baseline', () => {
    edit('test/exact.test.ts', (text) => text.replace('2_000', '2_100'));
    const { status, text } = gate(suite('baseline'));
    expect(text).toMatch(
      /allocated [\d.]+ kB per call, baseline [\d.]+ kB \(.*\+5\.\d %\)/,
    );
    expect(text).toMatch(/objects 2,10\d per call, baseline 2,00\d \(\+100\)/);
    expect(text).toMatch(/Memory gate failed: 1 baseline regressed\.\n$/);
    expect(status).toBe(1);
  });

  it('fails what allocates half as much again, and names the line', () => {
    edit('src/records.ts', (text) =>
      text
        // The small tests stay as they are: their change would lie at the edge of what is allowed.
        .replace(
          '  return last;',
          '  if (count > 100_000) readJunk(count / 2);\n  return last;',
        )
        .concat(JUNK),
    );
    const { status, text } = gate(suite('worse'), '--against', main);
    expect(text).toMatch(/reads many rows {2}test\/read\.test\.ts/);
    expect(text).toMatch(/\+[\d.]+ MB +[\d.]+ MB {2}readJunk +src\/records\.ts:\d+/);
    expect(text).toContain('1 regressed');
    expect(status).toBe(1);
  });

  it('says so at the line of the test on GitHub, and in the summary of the job', () => {
    edit('test/read.test.ts', (text) => text.replace('300_000', '600_000'));
    const source = readFileSync(join(project.dir, 'test/read.test.ts'), 'utf8');
    const line =
      1 + source.split('\n').findIndex((one) => one.includes("'reads many rows'"));
    const summary = join(project.dir, '.highwater/kept/summary.md');
    const { status, text } = gateIn(
      { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: summary },
      suite('on-github'),
      '--against',
      main,
    );
    expect(line).toBeGreaterThan(0);
    expect(text).toMatch(
      new RegExp(`^::error file=test/read\\.test\\.ts,line=${line},title=Memory%3A`, 'm'),
    );
    expect(readFileSync(summary, 'utf8')).toMatch(/^## ❌ Memory gate failed.*\n/);
    expect(status).toBe(1);
  });

  it('passes what improves, unless exact numbers are wanted', () => {
    edit('test/read.test.ts', (text) => text.replace('300_000', '100_000'));
    const better = suite('better');
    const { status, text } = gate(better, '--against', main);
    expect(text).toContain('Improved: 1 test');
    expect(status).toBe(0);
    expect(gate(better, '--against', main, '--fail-on', 'improved').status).toBe(1);
  });

  it('tells of a new test', () => {
    edit('test/none.test.ts', (text) => `${text}\ntest('is new', () => {});\n`);
    const { status, text } = gate(suite('added'), '--against', main);
    expect(text).toMatch(
      /New, nothing to compare with: 1 test\n {2}is new {2}test\/none/,
    );
    expect(status).toBe(0);
  });

  it('follows a file that was renamed', () => {
    git('mv', 'test/read.test.ts', 'test/load.test.ts');
    edit('test/load.test.ts', (text) => text.replace('300_000', '600_000'));
    const { status, text } = gate(suite('renamed'), '--against', main);
    expect(text).toMatch(/reads many rows {2}test\/load\.test\.ts/);
    expect(text).not.toMatch(/New|gone/);
    expect(status).toBe(1);
  });

  it('judges shards together', () => {
    for (const index of [1, 2, 3]) suite(`shards/${index}`, [`--shard=${index}/3`]);
    const shards = join(project.dir, '.highwater/kept/shards');
    expect(gate(shards, '--against', main)).toEqual({
      status: 0,
      text: 'Memory gate passed: 1 baseline checked, 3 tests compared.\n',
    });
    const two = ['1', '3'].map((index) => join(shards, index, 'run.json'));
    expect(gate(...two, '--against', main).text).toContain('Shard 2 of 3 is missing.');
  });

  it('tells of a worker that crashed, and keeps what it wrote', () => {
    edit(
      'test/few.test.ts',
      (text) => `${text}\ntest('crashes', () => process.kill(process.pid, 'SIGKILL'));\n`,
    );
    const crashed = suite('crashed');
    const { status, text } = gate(crashed, '--against', main, '--fail-on', 'incomplete');
    expect(text).toMatch(
      /The worker of test\/few\.test\.ts ended before the file did; 1 test\s+of it is\s+recorded\./,
    );
    expect(status).toBe(1);
    expect(gate(crashed, '--against', main).status).toBe(0);
  });
});

const JUNK = `
export let junk: Row | undefined;

function readJunk(count: number): void {
  for (let id = 0; id < count; id++) junk = { id, name: 'junk', next: junk };
}
`;
