// What test files leave behind in their worker: a large suite in which three of them do, in every kind of
// worker that runs several files.

import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { type FileRecord, type RunFile, readRun } from '../../packages/core/src/index.js';
import type { JestRun, Project, VitestRun } from '../tools/project.mjs';
import { type Outcome, projectFor, type Runner, run } from './runs.js';

/** A test that leaves something, and how the record must name it. */
interface Leaver {
  readonly body: string;
  readonly className: string;
  readonly heldBy: RegExp;
}

/** Most bytes first. Modules and globals live as long as the worker. */
const IN_ONE_WORLD: readonly Leaver[] = [
  {
    body: 'globalThis.kept = points(40_000);',
    className: 'Array',
    heldBy: /^globalThis\.kept: Array$/,
  },
  {
    body: 'for (let i = 0; i < 3_000; i++) open(i);',
    className: 'Session',
    heldBy: /^sessions \(module src\/sessions\.js:4\): Map → entry .*: Session$/,
  },
  {
    body: "const list = points(8_000); process.on('SIGUSR2', () => list.length);",
    className: '(closure)',
    heldBy:
      /^globalThis\.process: process → listener of "SIGUSR2": .*t\/f\d+\.test\.js:\d+$/,
  },
];

/** Where a file has a world of its own, its globals and modules go; what Node holds stays. */
const IN_OWN_WORLDS: readonly Leaver[] = [
  {
    body: "process.getBuiltinModule('node:path').kept = points(40_000);",
    className: 'Array',
    heldBy: /^node:path → \.kept: Array$/,
  },
  {
    body: "const list = points(20_000); globalAgent.on('free', () => list.length);",
    className: 'Array',
    heldBy: /^node:_http_agent → \.globalAgent: Agent → \._events → \.free: Array$/,
  },
  {
    body: 'const list = points(8_000); setInterval(function poll() { return list.length; }, 3_600_000).unref();',
    className: 'Timeout',
    heldBy: /^setInterval of 3,600,000 ms: poll\(\) .*t\/f\d+\.test\.js:\d+$/,
  },
];

const SESSIONS = `
import { globalAgent } from 'node:http';

class Session { constructor(id) { this.id = id; this.rows = Array.from({ length: 20 }, (_, i) => i / 3); } }
const sessions = new Map();
export function open(id) { sessions.set('id-' + id, new Session(id)); }
export function close(id) { sessions.delete('id-' + id); }
export function points(count) { return Array.from({ length: count }, (_, x) => ({ x })); }
export { globalAgent };
`.trimStart();

/** What all files do: much garbage, and nothing that stays. */
const CLEAN = `
  globalThis.mine = points(5_000); open(-1); close(-1); delete globalThis.mine;
  const timer = setInterval(() => {}, 3_600_000); clearInterval(timer);
  process.on('SIGUSR1', close); process.off('SIGUSR1', close);`;

function writeSuite(
  { dir, runner }: Project,
  count: number,
  leavers: readonly Leaver[],
): readonly string[] {
  for (const name of readdirSync(dir)) {
    if (name.endsWith('.test.ts')) rmSync(join(dir, name));
  }
  for (const folder of ['t', 'src']) mkdirSync(join(dir, folder), { recursive: true });
  writeFileSync(join(dir, 'src/sessions.js'), SESSIONS);
  const from = runner === 'jest' ? '@jest/globals' : 'vitest';
  const places = [Math.floor(count / 2), count - 4, 3];
  for (let i = 0; i < count; i++) {
    const body = leavers[places.indexOf(i)]?.body ?? '';
    const text = `import { expect, it } from '${from}';
import { close, globalAgent, open, points } from '../src/sessions.js';
const own = { name: 'file ${i}', table: points(50) };
it('works', () => {${CLEAN}
  ${body}
  expect(own.table).toHaveLength(50);
  expect([close, globalAgent, open]).toBeDefined();
});
`;
    writeFileSync(join(dir, fileAt(i)), text);
  }
  return places.map(fileAt);
}

function fileAt(index: number): string {
  return `t/f${String(index).padStart(3, '0')}.test.js`;
}

interface Mode {
  readonly name: string;
  readonly runner: Runner;
  readonly count: number;
  readonly leavers: readonly Leaver[];
  readonly how: VitestRun & JestRun;
}

const jestArgs = ['--testMatch', '**/t/*.test.js'];
const modes: readonly Mode[] = [
  {
    name: 'Vitest forks',
    runner: 'vitest',
    count: 100,
    leavers: IN_ONE_WORLD,
    how: { pool: 'forks', args: ['--no-isolate'] },
  },
  {
    name: 'Vitest threads',
    runner: 'vitest',
    count: 20,
    leavers: IN_ONE_WORLD,
    how: { pool: 'threads', args: ['--no-isolate', '--maxWorkers=1'] },
  },
  {
    name: 'Vitest vmThreads',
    runner: 'vitest',
    count: 16,
    leavers: IN_OWN_WORLDS,
    how: { pool: 'vmThreads', args: ['--maxWorkers=2'] },
  },
  {
    name: 'Vitest vmForks',
    runner: 'vitest',
    count: 12,
    leavers: IN_OWN_WORLDS,
    how: { pool: 'vmForks', args: ['--maxWorkers=2'] },
  },
  {
    name: 'Jest workers',
    runner: 'jest',
    count: 16,
    leavers: IN_OWN_WORLDS,
    how: { mode: 'children', args: jestArgs },
  },
  {
    name: 'Jest worker threads',
    runner: 'jest',
    count: 12,
    leavers: IN_OWN_WORLDS,
    how: { mode: 'workerThreads', args: jestArgs },
  },
  {
    name: 'Jest in band',
    runner: 'jest',
    count: 12,
    leavers: IN_OWN_WORLDS,
    how: {
      mode: 'inBand',
      args: jestArgs,
      env: { E2E_TRACKING: '{}', HIGHWATER: 'files' },
    },
  },
];

/** What the matrix asks under each other Node: what is there at a worker's start is another on each. */
const ON_EVERY_NODE: ReadonlySet<string> = new Set(['Vitest threads', 'Jest in band']);
const isOwnNode = process.env.HIGHWATER_TEST_NODE === undefined;

describe.each(modes.filter(({ name }) => isOwnNode || ON_EVERY_NODE.has(name)))(
  '$name',
  ({ runner, count, leavers, how, name }) => {
    it('names the three files of the suite that leave something', () => {
      const project = projectFor(runner, `left-${name.replace(/\W/g, '-')}`, 'tracking');
      const expected = writeSuite(project, count, leavers);
      const { exitCode, stderr } = go(project, how);
      expect(exitCode).toBe(0);

      const { files, problems } = runOf(project);
      expect(problems).toEqual([]);
      expect(files).toHaveLength(count);
      const leaving = most(files);
      expect(leaving.map(({ file }) => file)).toEqual(expected);
      for (const [index, { classes, heldBy }] of leaving.entries()) {
        expect(classes[0]?.name).toBe(leavers[index]?.className);
        expect(heldBy[0]).toMatch(leavers[index]?.heldBy ?? /^$/);
      }
      expect(stderr).toContain('Files that leave something behind: 3 files');
      // Nobody has to wait for a worker any more.
      expect(readdirSync(join(project.dir, '.highwater/workers'))).toEqual([]);
    });
  },
);

describe('what is not searched', () => {
  const project = projectFor('vitest', 'left-not-searched', 'tracking');

  it('are files whose worker ends with them', () => {
    const { exitCode } = go(project, { fixture: 'suite.test', pool: 'forks' });
    expect(exitCode).toBe(0);
    const { files, problems } = runOf(project);
    expect(files).toEqual([]);
    expect(problems).toEqual([
      'What files leave behind: not looked for, because with `isolate: true` the worker ends with its file.',
    ]);
  });

  it('are files with a memory matcher in them', () => {
    go(project, { fixture: 'costs.test', pool: 'forks', args: ['--no-isolate'] });
    const [file] = runOf(project).files;
    expect(file?.notSearched).toBe('a memory matcher, or an inspector, ran in it');
    expect(file).toMatchObject({ classes: [], order: 1 });
    expect(file?.leftBehindBytes).toBeUndefined();
    expect(file?.growthBytes).toBeGreaterThan(100_000);
  });
});

/** Turned on by the config, or by the environment. */
function go(project: Project, how: VitestRun & JestRun): Outcome {
  const env = { E2E_TRACKING: JSON.stringify({ track: 'files' }), ...how.env };
  return run(project, { ...how, env });
}

function runOf({ dir }: Project): RunFile {
  return readRun(join(dir, '.highwater/run.json'));
}

/** Of those that leave anything, the most first. */
function most(files: readonly FileRecord[]): readonly FileRecord[] {
  const left = ({ leftBehindBytes = 0 }: FileRecord): number => leftBehindBytes;
  return files.filter((file) => left(file) >= 100_000).sort((a, b) => left(b) - left(a));
}
