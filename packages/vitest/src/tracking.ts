// Tracks the tests of a file: hears from Vitest where a body begins and ends.

import {
  type BodyPlan,
  ChildTracking,
  callerIn,
  errors,
  FileTracking,
  type FinishedTest,
  fileIdentity,
  limitsOf,
  openWorkerLog,
  type Positions,
  sourceLines,
  trackingSettings,
  trackingState,
  unwatched,
  workerFiles,
} from '@highwater/core';
import type { RunnerTestCase } from 'vitest';
import * as vitest from 'vitest';
import { TRACKING_KEY, type TrackingHandout } from './keys.js';
import { nameOfTask, stateOf } from './tests.js';

const handout = vitest.inject(TRACKING_KEY as never) as TrackingHandout | undefined;
/** That runs the file. */
export const project = handout?.project;
const settings = trackingSettings(handout?.options ?? {}, process.env, 'highwater()');

/** Whether tests are tracked in this run. */
export const isTracking = settings.isOn;

/** What a test retains takes time to find out, and may fail it: that is a hook's work. */
export const isRetainedAsked = settings.isOn && settings.isRetainedAsked;

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

let written:
  | {
      readonly path: string;
      readonly tests: RunnerTestCase[];
      readonly at: Positions[number][];
    }
  | undefined;
let lines: ReadonlyMap<RunnerTestCase, number | undefined> | undefined;

/** A test is being written down. */
export function collectTracked(task: RunnerTestCase): void {
  if (!settings.isOn) return;
  const path = task.file?.filepath ?? vitest.expect.getState().testPath;
  if (path === undefined) return;
  if (written?.path !== path) {
    written = { path, tests: [], at: [] };
    lines = undefined;
  }
  const hasMap = written.at.some((at) => at !== undefined);
  written.tests.push(task);
  written.at.push(callerIn(path, !hasMap));
}

/** When all tests of the file are written: one look at the map serves all. */
function lineOf(task: RunnerTestCase): number | undefined {
  if (task.location !== undefined) return task.location.line;
  if (lines === undefined && written !== undefined) {
    const found = sourceLines(written.at);
    lines = new Map(written.tests.map((test, index) => [test, found[index]]));
    written = { ...written, at: [] };
  }
  return lines?.get(task);
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
  const line = lineOf(task);
  state.tracking.enter({
    ...nameOfTask(task),
    identity: task,
    isFailing: task.fails === true,
    ...(line !== undefined && { line }),
    ...(task.concurrent === true && { notMeasurable: 'it is concurrent' }),
  });
}

/** How the body of a test is called. */
export function planOf(task: RunnerTestCase, body: () => unknown): BodyPlan {
  const call = { self: undefined, args: [], body };
  return trackingState().tracking?.watch(task, call) ?? unwatched(call);
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
