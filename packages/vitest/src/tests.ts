// The tests of a file, as baselines name them.

import { type FinishedTest, nameTests, type TestName } from '@highwater/core';
import type { RunnerTask, RunnerTestCase, RunnerTestFile } from 'vitest';

const namesOfFiles = new WeakMap<RunnerTestFile, ReadonlyMap<RunnerTestCase, TestName>>();

/** Which test it is: its titles, and the how-manieth of them in its file. */
export function nameOfTask(task: RunnerTestCase): TestName {
  return namesIn(task.file).get(task) ?? { titles: titlesOf(task), ordinal: 0 };
}

/** Looked through once: this is asked for with every test, when all are written. */
function namesIn(file: RunnerTestFile): ReadonlyMap<RunnerTestCase, TestName> {
  const known = namesOfFiles.get(file);
  if (known !== undefined) return known;
  const names = nameTests(testsOf(file).map((task) => [task, titlesOf(task)] as const));
  namesOfFiles.set(file, names);
  return names;
}

/** Every test of a file that has ended; what `-t`, `.only` and `.skip` left out is skipped. */
export function finishedTests(file: RunnerTestFile): readonly FinishedTest[] {
  return [...namesIn(file)].map(([task, name]) => ({ ...name, state: stateOf(task) }));
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
