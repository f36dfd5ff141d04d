// What happens to each test, as Vitest's runner tells it. Hooks would do, but each costs every test promises and a
// timer, and stands in the stack of what it calls.

import { type BodyPlan, bodyCaller } from '@highwater/core';
import type { RunnerTestCase } from 'vitest';
import * as vitest from 'vitest';

/** Who hears of tests. */
export interface TestListener {
  /** A test is being written down: the stack is that of `it(...)`. */
  readonly collected: (task: RunnerTestCase) => void;
  /** A try begins, before its hooks. */
  readonly started: (task: RunnerTestCase) => unknown;
  /** How to call the body; undefined where nobody asks. */
  readonly planOf: ((task: RunnerTestCase, body: () => unknown) => BodyPlan) | undefined;
  /** The body has ended; the hooks have not begun. What this throws fails the test. */
  readonly ended: (task: RunnerTestCase) => unknown;
  /** A try has ended, with its hooks. Not told before Vitest 4. */
  readonly left: (task: RunnerTestCase) => unknown;
  /** A file has ended, with its hooks. */
  readonly fileEnded: () => unknown;
}

/** What it uses of Vitest's own runner. */
interface Runner {
  runTask?: (task: RunnerTestCase) => unknown;
  onBeforeTryTask?: (task: RunnerTestCase, ...more: unknown[]) => unknown;
  onTaskFinished?: (task: RunnerTestCase) => unknown;
  onAfterRetryTask?: (task: RunnerTestCase, ...more: unknown[]) => unknown;
  onAfterRunSuite?: (suite: Suite) => unknown;
  extendTaskContext?: (context: Context) => unknown;
}

/** A file is one, too. */
interface Suite {
  readonly filepath?: string;
}

interface Context {
  readonly task: RunnerTestCase;
}

interface RunnerClass {
  readonly prototype: Runner & { [ORIGINAL]?: Runner };
  readonly getTestFn?: GetFn;
}

type GetFn = (task: RunnerTestCase) => (() => unknown) | undefined;

/** Of before this file was evaluated for the first time: without isolation it is, for each test file. */
const ORIGINAL = Symbol.for('highwater.vitest.runner');

export async function listenToTests(listener: TestListener): Promise<void> {
  const runner = await runnerClass();
  const { prototype } = runner;
  prototype[ORIGINAL] ??= Object.fromEntries(
    METHODS.map((name) => [name, prototype[name]]),
  );
  const before = prototype[ORIGINAL];
  prototype.extendTaskContext = function (context) {
    listener.collected(context.task);
    return before.extendTaskContext?.call(this, context) ?? context;
  };
  prototype.onBeforeTryTask = function (task, ...more) {
    const told = before.onBeforeTryTask?.call(this, task, ...more);
    return after(told, () => listener.started(task));
  };
  prototype.onTaskFinished = function (task) {
    const told = before.onTaskFinished?.call(this, task);
    return after(told, () => listener.ended(task));
  };
  prototype.onAfterRetryTask = function (task, ...more) {
    const told = before.onAfterRetryTask?.call(this, task, ...more);
    return after(told, () => listener.left(task));
  };
  prototype.onAfterRunSuite = function (suite) {
    const told = before.onAfterRunSuite?.call(this, suite);
    return suite.filepath === undefined ? told : after(told, () => listener.fileEnded());
  };
  await callBodies(runner, listener.planOf);
}

const METHODS = [
  'extendTaskContext',
  'onBeforeTryTask',
  'onTaskFinished',
  'onAfterRetryTask',
  'onAfterRunSuite',
] as const;

/** Without a promise where there is none. */
function after(told: unknown, next: () => unknown): unknown {
  return told instanceof Promise ? told.then(next) : next();
}

/** Vitest calls `runTask` of its runner, where there is one, instead of a test's body. */
async function callBodies(
  { prototype, getTestFn }: RunnerClass,
  planOf: TestListener['planOf'],
): Promise<void> {
  if (planOf === undefined) return;
  const getFn = getTestFn ?? ((await load('vitest/suite')).getFn as GetFn);
  const runTask = bodyCaller((task: RunnerTestCase) => {
    const body = getFn(task);
    if (body === undefined) throw new Error(`The test ${task.name} has no function.`);
    return planOf(task, body);
  });
  // Without the addon nothing is measured, and the records say so.
  if (runTask !== undefined) prototype.runTask = runTask;
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
