// Tests that draw random numbers: which are seen to, and what a gate makes of them.

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun } from '../../packages/core/src/index.js';
import {
  judgeRun,
  referencesFrom,
  runTolerances,
} from '../../packages/report/src/index.js';
import type { JestRun, Project, VitestRun } from '../tools/project.mjs';
import { cleanEnv } from '../tools/project.mjs';
import { projectFor, type Runner, run } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
/** Each is held against each other one. */
const RUNS = 4;
const DRAWING = [
  'draws once',
  'draws as many as V8 makes at once',
  'draws before it waits',
  'draws, and calls back',
  'checks a property',
];
const ANY = 'makes a list of any length';

interface Way {
  readonly runner: Runner;
  readonly how: VitestRun & JestRun;
}
const ways: readonly Way[] = [
  { runner: 'vitest', how: { pool: 'forks' } },
  { runner: 'vitest', how: { pool: 'threads' } },
  { runner: 'vitest', how: { pool: 'vmThreads' } },
  { runner: 'jest', how: { mode: 'inBand' } },
];

function suite(project: Project, how: Way['how'], env = {}): RunFile {
  run(project, { ...how, env });
  return readRun(join(project.dir, '.highwater/run.json'));
}

function drawingIn({ tests }: RunFile): readonly (string | undefined)[] {
  return tests
    .filter(({ drawsRandom }) => drawsRandom)
    .map(({ titles }) => titles.at(-1));
}

describe.each(ways)('$runner $how', ({ runner, how }) => {
  it('knows which tests draw, and claims it of no other', () => {
    const project = projectFor(runner, 'draws', 'random');
    expect(drawingIn(suite(project, how))).toEqual([...DRAWING, ANY]);
    expect(drawingIn(suite(project, how, { RANDOM_SEED: '7' }))).toEqual(DRAWING);
  });
});

describe.each(['vitest', 'jest'] as const)('%s: a gate', (runner) => {
  let project: Project;
  const how: Way['how'] = runner === 'vitest' ? { pool: 'forks' } : { mode: 'inBand' };
  const keep = (name: string, env = {}): RunFile => {
    const file = suite(project, how, env);
    const text = readFileSync(join(project.dir, '.highwater/run.json'));
    writeFileSync(join(project.dir, name), text);
    return file;
  };
  const gate = (...args: readonly string[]) => {
    const bin = join(project.dir, 'node_modules/@highwater/cli/bin/highwater.js');
    const { status, stdout, stderr } = spawnSync(
      node,
      [bin, 'gate', ...args, '--no-ci'],
      {
        cwd: project.dir,
        env: cleanEnv({}),
        encoding: 'utf8',
      },
    );
    return { status, text: stdout + stderr };
  };
  beforeAll(() => {
    project = projectFor(runner, 'random', 'random');
  });

  it('passes unchanged tests, whatever they draw', () => {
    const runs = Array.from({ length: RUNS }, (_, index) => keep(`aa-${index}.json`));
    for (const one of runs) {
      for (const other of runs.filter((run) => run !== one)) {
        const { isPassed, comparison, findings } = judgeRun(other, {
          references: referencesFrom(one, other),
          tolerances: runTolerances(),
        });
        expect([isPassed, comparison?.added, comparison?.removed]).toEqual([
          true,
          [],
          [],
        ]);
        expect(findings.every(({ direction }) => direction === 'unknown')).toBe(true);
      }
    }
  });

  it('tells which test it cannot judge, and how it could', () => {
    keep('once.json');
    keep('more.json', { RANDOM_MORE: '4' });
    const { status, text } = gate('more.json', '--against', 'once.json');
    expect(text).toMatch(
      /^Not judged: 1 test draws random numbers\n {2}makes a list of any/,
    );
    expect(text).toContain('Give earlier runs with --history, or use a fixed seed.');
    expect(text).toMatch(/\nMemory gate passed: \d+ tests compared, 1 not judged\.\n$/);
    expect(status).toBe(0);
  });

  it('fails 50 % more of the same seed', () => {
    keep('seed.json', { RANDOM_SEED: '7' });
    keep('again.json', { RANDOM_SEED: '7' });
    keep('worse.json', { RANDOM_SEED: '7', RANDOM_MORE: '1.5' });
    expect(gate('again.json', '--against', 'seed.json')).toEqual({
      status: 0,
      text: expect.stringMatching(/^Memory gate passed: \d+ tests compared\.\n$/),
    });
    const { status, text } = gate('worse.json', '--against', 'seed.json');
    expect(text).toMatch(/^Regressed: 1 test\n {2}makes a list of any length/);
    expect(status).toBe(1);
  });
});
