// Tracks the tests of a file: puts itself around the body of each.

import {
  type BodyCall,
  type BodyPlan,
  bodyCaller,
  ChildTracking,
  FileTracking,
  type FinishedTest,
  fileIdentity,
  limitsOf,
  sourceLines,
  startsIn,
  type TrackingSettings,
  trackingSettings,
  trackingState,
  unwatched,
  workerFiles,
} from '@highwater/core';
import { jest } from '@jest/globals';
import {
  allTests,
  type CircusTest,
  finishedTests,
  hasConcurrentTests,
  hasRetries,
  lineOf,
  type RunningTest,
  stateOf,
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
  lines = linesOf(testPath, allTests());
}

/** What a test retains takes time to find out, and may fail it: that is a hook's work. */
export function isRetainedAsked(): boolean {
  const { isOn, isRetainedAsked } = handedOut().settings;
  return isOn && isRetainedAsked;
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

/** Of each test of the file. */
let lines: ReadonlyMap<CircusTest, number | undefined> = new Map();

/**
 * The line of `test(...)` is that of its function, or the one above. Where the function is written elsewhere
 * (`test.each`), the stack that Jest keeps tells: to format it takes a tenth of a millisecond.
 */
function linesOf(file: string, tests: readonly CircusTest[]): typeof lines {
  const starts = sourceLines(
    startsIn(
      file,
      tests.map(({ fn }) => fn),
    ),
  );
  return new Map(tests.map((test, index) => [test, starts[index] ?? lineOf(test, file)]));
}

/** A try of a test begins. */
export function enterTracked({ identity: test, titles, ordinal }: RunningTest): void {
  const { tracking } = trackingState();
  if (tracking === undefined) return;
  const why = notMeasurable(test);
  children?.enter(test.concurrent === true ? undefined : { titles, ordinal });
  const line = lines.get(test);
  tracking.enter({
    titles,
    ordinal,
    identity: test,
    isFailing: test.failing === true,
    ...(line !== undefined && { line }),
    ...(why !== undefined && { notMeasurable: why }),
  });
  if (why === undefined) wrapBody(test);
}

function notMeasurable(test: CircusTest): string | undefined {
  if (test.concurrent === true) return 'it is concurrent';
  if (hasConcurrentTests()) return 'concurrent tests of its file run beside it';
  const kind = Object.prototype.toString.call(test.fn);
  return kind === '[object GeneratorFunction]' ? 'its body is a generator' : undefined;
}

const wrapped = new WeakSet<object>();

function wrapBody(test: CircusTest): void {
  const { fn } = test;
  if (fn === undefined || wrapped.has(fn)) return;
  const caller = bodyCaller(function (this: unknown, ...args: readonly unknown[]) {
    return planOf(test, { self: this, args, body: fn });
  });
  if (caller === undefined) return;
  // Jest tells by it whether the body takes `done`.
  Object.defineProperty(caller, 'length', { value: fn.length });
  wrapped.add(caller);
  test.fn = caller;
}

function planOf(test: CircusTest, call: BodyCall): BodyPlan {
  const { tracking } = trackingState();
  if (tracking === undefined) return unwatched(call);
  const [done] = call.args;
  return typeof done === 'function'
    ? untilDone(test, tracking, call, done as Done)
    : tracking.watch(test, call);
}

type Done = (reason?: unknown) => void;

/** The body ends with its `done`, or with what it throws. */
function untilDone(
  test: CircusTest,
  tracking: FileTracking,
  call: BodyCall,
  done: Done,
): BodyPlan {
  let hasEnded = false;
  const end = bodyCaller((reason?: unknown) => {
    const told = { self: undefined, args: [reason], body: done };
    // A second call is Jest's to complain about.
    if (hasEnded) return unwatched(told);
    hasEnded = true;
    try {
      if (reason) plan.threw(reason);
      else plan.returned(undefined);
    } catch (error) {
      return unwatched({ ...told, args: [error] });
    }
    return unwatched(told);
  });
  Object.defineProperty(end, 'name', { value: done.name });
  const plan = tracking.watch(test, { ...call, args: [end] });
  return {
    ...plan,
    returned: (value) => value,
    threw: (error) => {
      if (!hasEnded) plan.threw(error);
      hasEnded = true;
    },
  };
}

/** A try of a test has ended, with its hooks. */
export async function leaveTracked(test: CircusTest | undefined): Promise<void> {
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
