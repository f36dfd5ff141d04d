// Tracks the tests of a file: hears from Vitest where a body begins and ends.

import {
  ChildTracking,
  errors,
  FileTracking,
  type FinishedTest,
  fileIdentity,
  limitsOf,
  openWorkerLog,
  trackingSettings,
  trackingState,
  workerFiles,
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
/** That runs the file. */
export const project = handout?.project;
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

let children: ChildTracking | undefined;

/** A file is about to be loaded: what it starts from now on is its own. */
export function startChildrenTracked(path: string | undefined): void {
  if (!settings.children || path === undefined) return;
  const root = handout?.root ?? process.cwd();
  children = new ChildTracking(path, root, 'vitest', project?.name);
}

/** The file and its hooks are over. */
export async function finishChildrenTracked(): Promise<void> {
  await children?.finish();
  children = undefined;
}

/** A try of a test begins. */
export function enterTracked(task: RunnerTestCase): void {
  if (!settings.isOn) return;
  children?.enter(task.concurrent === true ? undefined : nameOfTask(task));
  const state = trackingState();
  state.tracking ??= new FileTracking(
    task.file.filepath,
    handout?.root ?? process.cwd(),
    settings,
    {
      runner: 'vitest',
      project: project?.name,
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
  try {
    await trackingState().tracking?.leave(task);
  } finally {
    children?.leave();
  }
}

/** The file has ended. */
export function finishTracked(tests: readonly FinishedTest[]): void {
  const state = trackingState();
  state.tracking?.finish(tests);
  state.tracking = undefined;
}

/** What it uses of the state of a worker, which Vitest keeps on the global object. */
interface Worker {
  readonly config: {
    readonly isolate?: boolean;
    /** Before Vitest 4. */
    readonly poolOptions?: Readonly<Record<string, { readonly isolate?: boolean }>>;
  };
  readonly ctx: { readonly pool?: string };
  /** From Vitest 4 on. */
  readonly onCleanup?: (listener: () => void) => void;
}

/** For hooks in which a large heap is looked through. */
export const LONG_MS = 600_000;

const worker = (globalThis as { readonly __vitest_worker__?: Worker }).__vitest_worker__;

/** A file is about to be loaded. @returns whether to hear of it again */
export function startFileTracked(path: string | undefined): boolean {
  if (!settings.details.has('files') || path === undefined) return false;
  const root = handout?.root ?? process.cwd();
  const limit = limitsOf(settings.limits, path, root).leftBehind;
  if (hasWorkerOfItsOwn()) {
    if (limit !== undefined) throw errors.leftBehindNotLooked();
    openWorkerLog(root, 'vitest').append({ kind: 'problem', text: OWN_WORKER });
    return false;
  }
  const identity = fileIdentity(root, path, project?.name);
  workerFiles().files.start(identity, root, 'vitest', limit);
  return true;
}

const OWN_WORKER =
  'What files leave behind: not looked for, because with `isolate: true` the worker ends with its file.';

function hasWorkerOfItsOwn(): boolean {
  const pool = worker?.ctx.pool ?? '';
  const isolate = worker?.config.poolOptions?.[pool]?.isolate ?? worker?.config.isolate;
  return isolate !== false && (pool === 'forks' || pool === 'threads');
}

/** Its tests begin. */
export async function loadedFileTracked(): Promise<void> {
  await workerFiles().files.loaded();
}

/** Its tests and hooks are over. */
export async function leaveFileTracked(): Promise<void> {
  const { files, isShared } = workerFiles();
  if (isShared) {
    await files.end();
    return;
  }
  files.leave(Object.prototype, worker?.onCleanup !== undefined);
  // The last file of a worker; before Vitest 4 nobody tells.
  worker?.onCleanup?.(files.close);
}
