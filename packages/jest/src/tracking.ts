// Tracks the tests of a file: puts itself around the body of each.

import {
  ChildTracking,
  FileTracking,
  type FinishedTest,
  fileIdentity,
  limitsOf,
  type TrackingSettings,
  trackingSettings,
  trackingState,
  workerFiles,
} from '@highwater/core';
import { jest } from '@jest/globals';
import {
  type CircusTest,
  finishedTests,
  hasConcurrentTests,
  hasRetries,
  lineOf,
  runningTest,
  stateOf,
  type TestFunction,
} from './circus.js';
import { toldProject } from './project-name.js';
import { TRACKING_VARIABLE, type TrackingHandout } from './tracking-handout.js';

let known: { readonly root: string; readonly settings: TrackingSettings } | undefined;

function handedOut(): { readonly root: string; readonly settings: TrackingSettings } {
  if (known !== undefined) return known;
  const text = process.env[TRACKING_VARIABLE];
  const handout = text === undefined ? undefined : (JSON.parse(text) as TrackingHandout);
  const owner = '@highwater/jest/reporter';
  known = {
    root: handout?.root ?? process.cwd(),
    settings: trackingSettings(handout?.options ?? {}, process.env, owner),
  };
  return known;
}

/** A test file begins. */
export function enterFile(testPath: string): void {
  const { root, settings } = handedOut();
  // Another runner than jest-circus: nobody knows where a body begins.
  if (!settings.isOn || finishedTests() === undefined) return;
  trackingState().tracking = new FileTracking(testPath, root, settings, {
    runner: 'jest',
    project: toldProject(),
    stateOf: (identity) => stateOf(identity as CircusTest),
    isFinal: (identity) => !hasRetries() || stateOf(identity as CircusTest) !== 'failed',
    // Jest calls no hooks for these.
    notEntered: 'it is concurrent',
  });
}

let children: ChildTracking | undefined;

/** A file is about to be loaded: what it starts from now on is its own. */
export function startChildrenTracked(testPath: string | undefined): boolean {
  const { root, settings } = handedOut();
  if (!settings.children || testPath === undefined) return false;
  children = new ChildTracking(testPath, root, 'jest', toldProject());
  return true;
}

/** The file and its hooks are over. */
export async function finishChildrenTracked(): Promise<void> {
  await children?.finish();
  children = undefined;
}

/** A try of the test under way begins. */
export function enterTracked(): void {
  const { tracking } = trackingState();
  const running = runningTest();
  if (tracking === undefined || running === undefined) return;
  const { identity: test, titles, ordinal } = running;
  const why = notMeasurable(test);
  children?.enter(test.concurrent === true ? undefined : { titles, ordinal });
  const line = lineOf(test, tracking.file);
  tracking.enter({
    titles,
    ordinal,
    identity: test,
    isFailing: test.failing === true,
    ...(line !== undefined && { line }),
    ...(why !== undefined && { notMeasurable: why }),
  });
  if (why === undefined) wrapBody(test, tracking);
}

function notMeasurable(test: CircusTest): string | undefined {
  if (test.concurrent === true) return 'it is concurrent';
  if (hasConcurrentTests()) return 'concurrent tests of its file run beside it';
  const kind = Object.prototype.toString.call(test.fn);
  return kind === '[object GeneratorFunction]' ? 'its body is a generator' : undefined;
}

const wrapped = new WeakSet<object>();

function wrapBody(test: CircusTest, tracking: FileTracking): void {
  const { fn } = test;
  if (fn === undefined || wrapped.has(fn)) return;
  const body: TestFunction =
    fn.length > 0
      ? function (this: unknown, done: unknown) {
          untilDone(test, tracking, fn.bind(this), done as Done);
        }
      : function (this: unknown) {
          return tracking.body(test, () => fn.call(this));
        };
  wrapped.add(body);
  test.fn = body;
}

type Done = (reason?: unknown) => void;

/** The body ends with its `done`. */
function untilDone(
  test: CircusTest,
  tracking: FileTracking,
  fn: (done: Done) => unknown,
  done: Done,
): void {
  let settle: Done | undefined;
  const ended = tracking.body(
    test,
    () =>
      new Promise<void>((resolve, reject) => {
        settle = (reason) => (reason === undefined ? resolve() : reject(reason));
      }),
  );
  ended.then(
    () => done(),
    (error: unknown) => done(error),
  );
  fn((reason) => {
    // A second call is Jest's to complain about.
    if (settle === undefined) done(reason);
    settle?.(reason);
    settle = undefined;
  });
}

/** The last hook of a try. */
export async function leaveTracked(): Promise<void> {
  const test = runningTest()?.identity;
  try {
    if (test !== undefined) await trackingState().tracking?.leave(test);
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

/** A file is about to be loaded. @returns whether to hear of it again */
export function startFileTracked(testPath: string | undefined): boolean {
  const { root, settings } = handedOut();
  if (!settings.details.has('files') || testPath === undefined) return false;
  const { leftBehind } = limitsOf(settings.limits, testPath, root);
  const identity = fileIdentity(root, testPath, toldProject());
  workerFiles().files.start(identity, root, 'jest', leftBehind);
  return true;
}

/** For hooks in which a large heap is looked through. */
export const LONG_MS = 600_000;

/** Its tests begin. */
export async function loadedFileTracked(): Promise<void> {
  await workerFiles().files.loaded();
}

/** Its tests and hooks are over; what it left is known when its world is gone. */
export function leaveFileTracked(): void {
  const { files } = workerFiles();
  // Where Jest does not tell, the last file of a worker is left out.
  const isTold = typeof jest.isEnvironmentTornDown === 'function';
  files.leave(Object.prototype, isTold);
  if (isTold) files.closeWhen(() => jest.isEnvironmentTornDown());
}
