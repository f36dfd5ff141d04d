// Tracks the tests of a file: hears from Vitest where a body begins and ends.

import {
  FileTracking,
  type FinishedTest,
  trackingSettings,
  trackingState,
} from '@highwater/core';
import type { RunnerTestCase } from 'vitest';
import * as vitest from 'vitest';
import { TRACKING_KEY, type TrackingHandout } from './keys.js';
import { nameOfTask, stateOf } from './tests.js';

/** What it uses of Vitest's own runner; the same from 3.2 on. */
interface RunnerClass {
  readonly prototype: { runTask?: (task: RunnerTestCase) => unknown };
  readonly getTestFn?: GetFn;
}

type GetFn = (task: RunnerTestCase) => (() => unknown) | undefined;

const handout = vitest.inject(TRACKING_KEY as never) as TrackingHandout | undefined;
const settings = trackingSettings(handout?.options ?? {}, process.env, 'highwater()');

if (settings.isOn) await watchBodies();

/** Vitest calls `runTask` of its runner, where there is one, instead of a test's body. */
async function watchBodies(): Promise<void> {
  const runner = await runnerClass();
  const getFn = runner.getTestFn ?? ((await load('vitest/suite')).getFn as GetFn);
  runner.prototype.runTask = (task) => {
    const fn = getFn(task);
    if (fn === undefined) throw new Error(`The test ${task.name} has no function.`);
    const { tracking } = trackingState();
    return tracking === undefined ? fn() : tracking.body(task, fn);
  };
}

async function runnerClass(): Promise<RunnerClass> {
  const { TestRunner } = vitest as unknown as { readonly TestRunner?: RunnerClass };
  if (TestRunner !== undefined) return TestRunner;
  return (await load('vitest/runners')).VitestTestRunner as RunnerClass;
}

/** Entries that not every version has: Vite must not look for them before. */
function load(entry: string): Promise<Record<string, unknown>> {
  return import(/* @vite-ignore */ entry);
}

/** A try of a test begins. */
export function enterTracked(task: RunnerTestCase): void {
  if (!settings.isOn) return;
  const state = trackingState();
  state.tracking ??= new FileTracking(
    task.file.filepath,
    handout?.root ?? process.cwd(),
    settings,
    {
      runner: 'vitest',
      stateOf: (identity) => stateOf(identity as RunnerTestCase),
      isFinal: () => true,
      notEntered: 'it failed before its hooks ran',
    },
  );
  const line = task.location?.line;
  state.tracking.enter({
    ...nameOfTask(task),
    identity: task,
    isFailing: task.fails === true,
    ...(line !== undefined && { line }),
    ...(task.concurrent === true && { notMeasurable: 'it is concurrent' }),
  });
}

/** A try of a test has ended, with its hooks. */
export async function leaveTracked(task: RunnerTestCase): Promise<void> {
  await trackingState().tracking?.leave(task);
}

/** The file has ended. */
export function finishTracked(tests: readonly FinishedTest[]): void {
  const state = trackingState();
  state.tracking?.finish(tests);
  state.tracking = undefined;
}
