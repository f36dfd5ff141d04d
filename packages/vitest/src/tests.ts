// The tests of a file, as baselines name them.

import type { FinishedTest, TestName } from '@highwater/core';
import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest';

/** Which test it is: its titles, and the how-manieth of them in its file. */
export function nameOfTask(task: RunnerTestCase): TestName {
  const titles = titlesOf(task);
  const alike = testsOf(task.file).filter((other) => isSame(titlesOf(other), titles));
  return { titles, ordinal: Math.max(0, alike.indexOf(task)) };
}

/** Every test of a file that has ended; what `-t`, `.only` and `.skip` left out is skipped. */
export function finishedTests(file: RunnerTestFile): readonly FinishedTest[] {
  return testsOf(file).map((task) => ({ ...nameOfTask(task), state: stateOf(task) }));
}

/** Of a test that has ended. */
export function stateOf({ mode, result }: RunnerTestCase): FinishedTest['state'] {
  if (mode === 'skip' || mode === 'todo') return 'skipped';
  if (result?.state === 'pass') return 'passed';
  return result?.state === 'fail' ? 'failed' : 'skipped';
}

function testsOf(file: RunnerTestFile): readonly RunnerTestCase[] {
  const below = (task: RunnerTask): readonly RunnerTestCase[] =>
    task.type === 'suite' ? task.tasks.flatMap(below) : [task as RunnerTestCase];
  return file.tasks.flatMap(below);
}

/** From the outermost suite inwards; the file itself is none. */
function titlesOf(task: RunnerTestCase): readonly string[] {
  const titles = [task.name];
  for (let suite = task.suite; suite !== undefined; suite = suite.suite) {
    if (suite.suite === undefined && 'filepath' in suite) break;
    titles.unshift(suite.name);
  }
  return titles;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((title, index) => title === b[index]);
}
