// Can what a function returns be collected once it is dropped?
//
// The function is called once, in a frame that is left before anything is collected; only a
// WeakRef remains. Then come full collections with event-loop turns between: what the
// function left to a microtask, a `nextTick` or a closing handle lets go of it there. A snapshot is
// only taken when the object is still there.

import { setTimeout as startTimer, clearTimeout as stopTimer } from 'node:timers';
import { errors, HighwaterError } from './errors.js';
import { turn } from './gc.js';
import { withGraphOf } from './heap/graph.js';
import { isOnStackOnly, readPaths } from './heap/paths.js';
import { writeHeapSnapshotFile } from './heap/snapshot-file.js';
import { whyNoSnapshot } from './heap/snapshot-limit.js';
import { thingOf } from './heap/things.js';
import { type Clock, startClock } from './measure/clock.js';
import { type Native, native } from './native.js';
import type { CollectableOptions, CollectableReport } from './types.js';

const FEWEST_TURNS = 10;
const DEFAULT_WAIT_MS = 250;
const FIRST_PAUSE_MS = 5;
/** For the promise of the function, when nobody asked for more. */
const CALL_TIMEOUT_MS = 4_000;

/** {@link CollectableOptions}, checked. */
export interface CollectableSettings {
  readonly waitMs: number;
}

/** Where the snapshot of a failure goes: see {@link writeHeapSnapshotFile}. */
export interface SnapshotTarget {
  readonly folder: string;
  readonly name: string;
}

/**
 * @param owner who takes the options, for the error
 * @throws HighwaterError `invalid-option`
 */
export function collectableSettings(
  options: CollectableOptions | undefined,
  owner: string,
  extra: readonly string[] = [],
): CollectableSettings {
  const known = ['waitMs', ...extra];
  if (options === undefined) return { waitMs: DEFAULT_WAIT_MS };
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw errors.invalidOptions(options, owner);
  }
  for (const name of Object.keys(options)) {
    if (!known.includes(name)) throw errors.unknownOption(name, owner, known);
  }
  const { waitMs = DEFAULT_WAIT_MS } = options;
  if (typeof waitMs !== 'number' || !Number.isFinite(waitMs) || waitMs < 0) {
    throw errors.invalidOption('waitMs', waitMs, 'a number of milliseconds, 0 or more');
  }
  return { waitMs };
}

/**
 * Calls `fn` once and watches whether the object that it returns, or that its promise is resolved
 * with, goes away.
 *
 * @throws HighwaterError `not-a-function`, `overlapping-measurement`, `missing-addon`; the promise is
 *   rejected with `function-threw`, `function-rejected`, `nothing-to-watch`, `timeout`, `snapshot-not-written`
 */
export function watchResult(
  fn: unknown,
  owner: string,
  settings: CollectableSettings,
  snapshot?: SnapshotTarget,
): Promise<CollectableReport> {
  if (typeof fn !== 'function') throw errors.notAFunction(fn, owner);
  const addon = native();
  if (!addon.acquire()) throw errors.overlappingMeasurement();
  return watchUnderSlot(addon, fn as () => unknown, settings, snapshot).finally(() =>
    addon.release(),
  );
}

async function watchUnderSlot(
  addon: Native,
  fn: () => unknown,
  settings: CollectableSettings,
  snapshot: SnapshotTarget | undefined,
): Promise<CollectableReport> {
  const ref = await callOnce(fn);
  const clock = startClock(Math.max(settings.waitMs, 1));
  const collectionCount = await collectUntilGone(addon, ref, clock);
  const held = isGone(ref) ? undefined : whatIsKnown(addon, ref, snapshot);
  return {
    isCollected: held === undefined,
    collectionCount,
    waitMs: settings.waitMs,
    nodeVersion: process.version,
    ...held,
  };
}

/** The result stays in the frames of these two functions, which end here. */
function callOnce(fn: () => unknown): WeakRef<object> | Promise<WeakRef<object>> {
  let result: unknown;
  try {
    result = fn();
  } catch (cause) {
    if (cause instanceof HighwaterError) throw cause;
    throw errors.functionThrew(cause, 1);
  }
  return isThenable(result) ? resolvedWith(result) : weakRefOf(result);
}

function resolvedWith(result: PromiseLike<unknown>): Promise<WeakRef<object>> {
  return new Promise((resolve, reject) => {
    const timer = startTimer(
      () => reject(errors.timeout(CALL_TIMEOUT_MS, 0)),
      CALL_TIMEOUT_MS,
    );
    Promise.resolve(result)
      .then(weakRefOf, (cause: unknown) => {
        throw errors.functionRejected(cause, 1);
      })
      .finally(() => stopTimer(timer))
      .then(resolve, reject);
  });
}

function weakRefOf(value: unknown): WeakRef<object> {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject && typeof value !== 'function') throw errors.nothingToWatch(value);
  return new WeakRef(value as object);
}

/** @returns how many collections were made */
async function collectUntilGone(
  addon: Native,
  ref: WeakRef<object>,
  clock: Clock,
): Promise<number> {
  let pauseMs = FIRST_PAUSE_MS;
  for (let count = 1; ; count++) {
    addon.collectGarbage('full');
    if (isGone(ref)) return count;
    if (count <= FEWEST_TURNS) {
      await turn();
    } else if (clock.isPast(1)) {
      return count;
    } else {
      await pause(pauseMs);
      pauseMs *= 2;
    }
  }
}

/** In a frame of its own: a register of the loop's would hold the target. */
function isGone(ref: WeakRef<object>): boolean {
  return ref.deref() === undefined;
}

type Held = Pick<CollectableReport, 'object' | 'path' | 'snapshotFile' | 'noSnapshot'>;

/** What holds it, or why that is not known. */
function whatIsKnown(
  addon: Native,
  ref: WeakRef<object>,
  snapshot: SnapshotTarget | undefined,
): Held | undefined {
  try {
    return whatHolds(addon, ref, snapshot);
  } catch (cause) {
    const noSnapshot = whyNoSnapshot(cause);
    if (noSnapshot === undefined) throw cause;
    return { noSnapshot };
  }
}

/** Undefined when the snapshot's own collection has taken it. */
function whatHolds(
  addon: Native,
  ref: WeakRef<object>,
  snapshot: SnapshotTarget | undefined,
): Held | undefined {
  return withGraphOf(addon, [], (graph) => {
    const id = idOf(graph, ref);
    const node = id === undefined ? undefined : graph.node(id);
    if (id === undefined || node === undefined) return undefined;
    const raw = graph.path(id);
    const [path] = raw === undefined ? [] : readPaths([raw], graph);
    const snapshotFile =
      snapshot && writeHeapSnapshotFile(graph, snapshot.folder, snapshot.name);
    return {
      object: path?.steps.at(-1)?.held ?? thingOf(node),
      ...(path && !isOnStackOnly(path) && { path }),
      ...(snapshotFile !== undefined && { snapshotFile }),
    };
  });
}

function idOf(
  graph: { idOf(value: object): number | undefined },
  ref: WeakRef<object>,
): number | undefined {
  const target = ref.deref();
  return target === undefined ? undefined : graph.idOf(target);
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    startTimer(resolve, ms);
  });
}
