// The processes that tests start, as a user meets them; in both runners.

import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  type ProcessRecord,
  type RunFile,
  readRun,
} from '../../packages/core/src/index.js';
import type { JestRun, Project, VitestRun } from '../tools/project.mjs';
import { type Outcome, projectFor, run } from './runs.js';

const HELD_BYTES = 64 * 2 ** 20 + 500_000 * 40;

const FILE = 'children.test.ts';
const HOLDS = 'node src/holds.mjs';

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  beforeAll(() => {
    project = projectFor(runner, 'children', 'tracking');
  });
  /** Of this run alone: others may be under way. */
  const temporary = (): string => join(project.dir, 'tmp');
  const go = (options: object, more: VitestRun & JestRun): Outcome => {
    rmSync(temporary(), { recursive: true, force: true });
    mkdirSync(temporary());
    const env = { E2E_TRACKING: JSON.stringify(options), TMPDIR: temporary() };
    return run(project, { fixture: 'children.test', ...more, env });
  };
  const runFile = (): RunFile => readRun(join(project.dir, '.highwater/run.json'));

  const worlds: readonly (VitestRun & JestRun)[] =
    runner === 'vitest'
      ? (['forks', 'threads', 'vmThreads'] as const).map((pool) => ({ pool }))
      : (['children', 'workerThreads', 'inBand'] as const).map((mode) => ({ mode }));

  it.each(worlds)('tells which process took what in %o', (world) => {
    const result = go({ track: true, children: true }, world);
    expect(result.tests.filter(({ status }) => status !== 'passed')).toEqual([]);
    const { processes, problems } = runFile();
    expect(problems).toEqual([]);
    const of = (title: string | undefined): readonly ProcessRecord[] =>
      processes.filter(
        ({ file, test }) =>
          file === FILE &&
          test === (title === undefined ? undefined : `${FILE} > ${title}`),
      );
    const held = {
      name: HOLDS,
      pid: expect.any(Number),
      parentPid: expect.any(Number),
      isNode: true,
      exitCode: 0,
      isPeakExact: true,
      nativePeakBytes: expect.any(Number),
    };
    expect(of('starts none')).toEqual([]);
    for (const title of [
      'starts Node',
      'waits for Node',
      'starts Node with an environment',
    ]) {
      expect(of(title), title).toMatchObject([held]);
      for (const one of of(title)) expectHeld(one);
    }
    const shell = of('starts a shell that starts Node');
    expect(shell.map(({ name }) => name.slice(0, 5)).sort()).toEqual(['node ', 'sh -c']);
    const [below] = shell.filter(({ isNode }) => isNode);
    expect(below).toMatchObject(held);
    expectHeld(below as ProcessRecord);
    expect(below?.parentPid).toBe(shell.find(({ isNode }) => !isNode)?.pid);
    const waiting = of('starts a shell that waits for what is not Node');
    const [sleep] = waiting.filter(({ name }) => name === 'sleep 0.3');
    expect(waiting).toHaveLength(2);
    expect(sleep).toMatchObject({ isNode: false, isPeakExact: false });
    expect(sleep?.parentPid).toBe(waiting.find((one) => one !== sleep)?.pid);
    expect(sleep?.peakRssBytes).toBeGreaterThan(100e3);
    expect(of('starts what is not Node')).toMatchObject([
      {
        name: 'sleep 0.2',
        isNode: false,
        isPeakExact: false,
        unavailable: 'it is not Node',
      },
    ]);
    expect(of('keeps its environment from Node')).toMatchObject([
      { name: HOLDS, isNode: true, unavailable: expect.stringContaining('without what') },
    ]);
    expect(of('starts Node that may not read')).toMatchObject([
      { isNode: true, exitCode: 0, unavailable: expect.stringContaining('without what') },
    ]);
    const seen = { name: `${HOLDS} --wait`, isNode: true, isPeakExact: false };
    const silent = { ...seen, unavailable: expect.stringContaining('could not report') };
    expect(of('kills Node')).toMatchObject([{ ...silent, signal: 'SIGKILL' }]);
    expect(of('leaves Node running')).toMatchObject([
      { ...silent, signal: 'SIGKILL', outlivedTest: true },
    ]);
    for (const title of ['kills Node', 'leaves Node running']) {
      expect(of(title)[0]?.peakRssBytes).toBeGreaterThan(HELD_BYTES);
    }
    expect(of('environment > is what it should be')).toHaveLength(1);
    expect(of('tries again')).toHaveLength(2);
    expect(of(undefined)).toMatchObject([
      { isNode: true, exitCode: 0, isPeakExact: true },
    ]);
    expect(result.stderr).toMatch(/Processes that tests started, by peak RSS: 16/);
    const left = readdirSync(temporary()).filter((name) => name.startsWith('highwater'));
    expect(left).toEqual([]);
    expect(result.stderr).toMatch(/process \d+: node src\/holds\.mjs/);
  });

  it('leaves the environment alone unless asked', () => {
    const result = go({ track: true }, worlds[0] ?? {});
    expect(result.tests.filter(({ status }) => status !== 'passed')).toEqual([]);
    expect(runFile().processes).toEqual([]);
  });
});

/** Node alone takes 40 to 60 MB. */
function expectHeld({ peakRssBytes, ...numbers }: ProcessRecord): void {
  expect(peakRssBytes).toBeGreaterThan(HELD_BYTES);
  expect(peakRssBytes).toBeLessThan(HELD_BYTES + 180e6);
  expect(numbers.peakHeapBytes).toBeGreaterThan(500_000 * 40);
  expect(numbers.allocatedBytes).toBeLessThan(500_000 * 40 * 3);
  expect(numbers.nativePeakBytes).toBeGreaterThanOrEqual(64 * 2 ** 20);
  expect(numbers.nativePeakBytes).toBeLessThan(64 * 2 ** 20 + 8e6);
}
