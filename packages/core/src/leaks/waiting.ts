// What is still there only because the event loop has not turned: no turn passes while a sync function
// is called again and again.

import { originOf } from '../callsites/origin.js';
import { ownFolders } from '../callsites/own-code.js';
import type { SurvivorPath } from '../heap/paths.js';
import type { HeapNode } from '../native.js';
import type { RetainerPath, RetainerStep } from '../types.js';

/** Of `process.nextTick` and `setImmediate`. */
const TICK_QUEUES: ReadonlySet<string> = new Set([
  'FixedQueue',
  'FixedCircularBuffer',
  'ImmediateList',
]);
/** V8's root for those that wait; one that runs, such as a test, is held by another. */
const MICROTASKS = 'Micro tasks';
/** What Node asks of the system or of its pool; a compressor is a request as long as Node itself holds it. */
const REQUEST =
  /^FSReq|ReqWrap$|Job$|^(?:Write|Shutdown|Send|Connect|TCPConnect|PipeConnect)Wrap$|^(?:Zlib|Brotli|Zstd)/;
/** Numbers of a request: file sizes and times. */
const REQUEST_NUMBERS = /^Aliased\w+Array$/;
/** Of streams: what was written or read, and nobody has taken yet. */
const STREAM_STATES: ReadonlySet<string> = new Set(['WritableState', 'ReadableState']);
/** Of a timer: nobody needs to clear what is over within a second. */
const SOON_MS = 1_000;
/** Timers count whole milliseconds, from the last time the loop has read. */
const TIMER_ROUNDING_MS = 2;

/**
 * A timer that fires once and soon lets go by itself. One that was due and is still there has been set again.
 *
 * @param turningMs for how long every timer of the oldest age has had its turns
 */
export function isPending(path: SurvivorPath | undefined, turningMs: number): boolean {
  const step = path?.steps[path.firstNew];
  if (step === undefined || !isShort(step) || step.isRepeated === true) return false;
  return (step.durationMs ?? 0) > turningMs - TIMER_ROUNDING_MS;
}

/** A timer, or an interval. */
function isShort({ kind, durationMs }: RetainerStep): boolean {
  return kind === 'timer' && durationMs !== undefined && durationMs <= SOON_MS;
}

/** The survivors themselves wait, of a sync function: finalizers, immediates, requests and streams have no chance. */
export function isWaiting(path: SurvivorPath | undefined): boolean {
  if (path === undefined) return false;
  const { steps, firstNew } = path;
  const first = steps[firstNew];
  if (first !== undefined && (isDue(first) || isRequest(first))) return true;
  // Queues and buffers are older, but not further up: what waits may refer to what lives for good.
  const from = Math.max(0, firstNew - 3);
  return steps
    .slice(from, firstNew + 1)
    .some(
      (step, index) =>
        TICK_QUEUES.has(step.held.name) || isBuffer(step, steps[from + index - 1]),
    );
}

function isDue({ kind, name }: RetainerStep): boolean {
  return (
    (kind === 'finalizer' && name === 'due') ||
    (kind === 'timer' && name === 'Immediate') ||
    (kind === 'root' && name === MICROTASKS)
  );
}

/** Node itself holds it, in C++: V8 has drawn that as a root or as an object before it. */
function isRequest({ kind, name, held }: RetainerStep): boolean {
  const isOfNode = kind === 'native' || (kind === 'root' && name.startsWith('Node / '));
  return isOfNode && (REQUEST.test(held.name) || REQUEST_NUMBERS.test(name));
}

function isBuffer({ name }: RetainerStep, holder: RetainerStep | undefined): boolean {
  return /buffer/i.test(name) && STREAM_STATES.has(holder?.held.name ?? '');
}

/**
 * Whether the next turns call a function, and somebody wrote it who may let go of things.
 *
 * @param waitsIn what it waits in
 * @param path to the function
 */
export function isSoonCalled(
  waitsIn: HeapNode | undefined,
  path: RetainerPath | undefined,
): boolean {
  const step = path?.steps.at(-1);
  const file = step?.held.place?.file;
  if (step === undefined || file === undefined) return false;
  if (waitsIn?.name === 'Timeout' && !isShort(step)) return false;
  return /^(?:user|dependency)$/.test(originOf(file, ownFolders));
}
