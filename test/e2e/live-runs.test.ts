// Runs that do not end by themselves: in watch mode, and one that somebody interrupts.

import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun, recoverRun } from '../../packages/core/src/index.js';
import { cleanEnv, type Project, runnerBinary } from '../tools/project.mjs';
import { projectFor } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
const LONG_MS = 120_000;
const POLL_MS = 100;

async function until(isTrue: () => boolean, what = () => `${isTrue}`): Promise<void> {
  for (let ms = 0; ms < LONG_MS; ms += POLL_MS) {
    if (isTrue()) return;
    await delay(POLL_MS);
  }
  throw new Error(`never true: ${what()}`);
}

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  let child: ChildProcess | undefined;

  beforeAll(() => {
    project = projectFor(runner, 'live', 'tracking');
  });
  afterEach(async () => {
    if (child?.exitCode !== null || child.signalCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });

  const writeTest = (name: string, ...lines: readonly string[]): void => {
    const content = ["import { it } from './runner';", ...lines, ''].join('\n');
    writeFileSync(join(project.dir, `${name}.test.ts`), content);
  };

  const start = (args: readonly string[]): void => {
    rmSync(join(project.dir, '.highwater'), { recursive: true, force: true });
    child = spawn(node, [runnerBinary(project), ...args], {
      cwd: project.dir,
      stdio: ['pipe', 'ignore', 'ignore'],
      env: cleanEnv({ E2E_TRACKING: JSON.stringify({ track: true }) }),
    });
  };

  /** As soon as there is a run that is as expected. */
  const runWhere = async (isExpected: (file: RunFile) => boolean): Promise<RunFile> => {
    const found = (): boolean => {
      const file = tryRead();
      return file !== undefined && isExpected(file);
    };
    await until(found, () => JSON.stringify(tryRead()?.tests));
    return tryRead()!;
  };
  const tryRead = (): RunFile | undefined => {
    try {
      return readRun(join(project.dir, '.highwater/run.json'));
    } catch {
      return undefined;
    }
  };
  const bytesOf = (file: RunFile, title: string): number => {
    const test = file.tests.find(({ titles }) => titles.join() === title);
    return test?.measured?.allocatedBytes ?? 0;
  };

  it('in watch mode, each run has a file of its own', async () => {
    const allocating = (count: number): string =>
      `it('allocates', () => { Array.from({ length: ${count} }, (_, x) => ({ x })); });`;
    writeTest('watched', allocating(1_000));
    const args = {
      vitest: ['--watch', '--root=.', 'watched'],
      jest: ['--watchAll', '--rootDir=.', '--watchman=false', '--no-cache', 'watched'],
    };
    start(args[runner]);
    await runWhere((file) => bytesOf(file, 'allocates') > 10_000);

    writeTest('watched', allocating(100_000), "it('is new', () => {});");
    const second = await runWhere((file) => bytesOf(file, 'allocates') > 2_000_000);
    expect(second.tests.map(({ titles }) => titles.join())).toEqual([
      'allocates',
      'is new',
    ]);
  });

  it('interrupted, a run leaves what it had measured for the command', async () => {
    const started = join(project.dir, 'started');
    rmSync(started, { force: true });
    writeTest('quick', "it('is quick', () => {});");
    writeTest(
      'endless',
      "import { writeFileSync } from 'node:fs';",
      "it('ends', () => {});",
      `it('does not end', () => { writeFileSync(${JSON.stringify(started)}, ''); return new Promise(() => { setInterval(() => {}, 1_000); }); }, 600_000);`,
    );
    const args = {
      vitest: ['run', '--root=.', '--maxWorkers=1', 'quick', 'endless'],
      jest: [
        '--rootDir=.',
        '--watchman=false',
        '--no-cache',
        '--runInBand',
        'quick',
        'endless',
      ],
    };
    start(args[runner]);
    await until(() => existsSync(started));
    process.kill(child!.pid!, 'SIGINT');
    await once(child!, 'exit');
    const file = recoverRun(project.dir)!;
    expect(file.problems[0]).toMatch(/^The run did not come to its end/);
    const states = file.tests.map(({ titles, state }) => [titles.join(), state]);
    expect(states).toContainEqual(['ends', 'passed']);
  });
});
