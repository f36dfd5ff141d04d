// Calls at full speed, nothing sampled, until what only fills has filled.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import { affordableCalls } from './affordable.js';
import { type Readings, STEP_BYTES_PER_CALL } from './growth.js';
import { callsWithin, roomBytes } from './room.js';

/** A cache of this many entries, touched once per call, has filled. */
export const PLATEAU_CALLS = 1_000;
// Rounds of a slow function must be short enough to end in time.
const ROUND_MS = 150;
/** After as many rounds that all grew: they need not be looked at so often. */
const GROWING_ROUNDS = 3;
const GROWING_ROUND_MS = 500;
const FEWEST_CALLS = 5;
const MOST_CALLS = 200;
/** That nothing came in this many calls, over at least as many rounds as that, is proof. */
const FLAT_CALLS = 75;
const FLAT_ROUNDS = 3;
/** And the calls must have more than doubled: tables double. */
const FLAT_SHARE = 1.2;

/** What was seen while filling. */
export interface Fill {
  /** Used heap and ArrayBuffer stores did not change by a byte in the last rounds, and native memory did not grow. */
  readonly isFlat: boolean;
  readonly calls: number;
  /** Of V8's heap and ArrayBuffer stores, with what was left behind before. */
  readonly grownBytes: number;
  /** More would not have fit into V8's heap. */
  readonly isOutOfRoom: boolean;
  /** Used heap, settled before the first round, and collected once after each. */
  readonly heapBytes: Readings;
  /** The same of native memory, while it is recorded. */
  readonly nativeBytes?: Readings;
  /** Of the last round. */
  readonly msPerCall: number;
}

/** Of the clock, 0 to 1, after which no further round begins. */
const TIME_SHARE = 1;
/** The same when the user gave the time: the rest must fit into it, too. */
const GIVEN_TIME_SHARE = 0.5;
/** The same for a function that is far too slow to fill a cache in time. */
const SLOW_TIME_SHARE = 0.4;
const SLOW = 3;

/** What the calls before have shown. */
export interface SoFar {
  readonly calls: number;
  readonly msPerCall: number;
  /** All that a call allocates on V8's heap. */
  readonly allocatedPerCall: number;
  /** The heap has grown with the calls. */
  readonly isGrowing: boolean;
  /** Left behind. */
  readonly grownBytes: number;
}

export function* fill(
  { caller, clock, settings }: Run,
  {
    calls: callsBefore,
    msPerCall: msBefore,
    allocatedPerCall,
    isGrowing,
    grownBytes: grownBefore,
  }: SoFar,
): Steps<Fill> {
  let msPerCall = msBefore;
  let calls = 0;
  let heap = yield* wait(caller.settle());
  let stores = arrayBufferBytes();
  const bytesBefore = heap + stores;
  const room = roomBytes();
  let grownBytes = grownBefore;
  let bytesPerCall = allocatedPerCall;
  let native = heldNativeBytes(caller.addon);
  const lengths: number[] = [];
  const readings = [heap];
  const nativeReadings = [native ?? 0];
  let flatRounds = 0;
  let growingRounds = isGrowing ? GROWING_ROUNDS : 0;
  let flatCalls = 0;
  const isFlat = (): boolean =>
    flatRounds >= FLAT_ROUNDS &&
    flatCalls >= FLAT_CALLS &&
    flatCalls >= (callsBefore + calls - flatCalls) * FLAT_SHARE;
  const isSlow = msPerCall * PLATEAU_CALLS > clock.timeoutMs * SLOW;
  const longest = settings.isTimeoutGiven ? GIVEN_TIME_SHARE : TIME_SHARE;
  const timeShare = isSlow ? SLOW_TIME_SHARE : longest;
  const isOver = (): boolean =>
    calls >= PLATEAU_CALLS ||
    isFlat() ||
    clock.isPast(timeShare) ||
    (calls > 0 && grownBytes >= room);
  while (!isOver()) {
    const roundMs = growingRounds >= GROWING_ROUNDS ? GROWING_ROUND_MS : ROUND_MS;
    const affordable = Math.floor(affordableCalls(roundMs, msPerCall));
    const missing = PLATEAU_CALLS - calls;
    const fitting = 1 + callsWithin(room - grownBytes, bytesPerCall);
    const most = Math.min(MOST_CALLS, affordable, missing, fitting);
    const length = Math.max(FEWEST_CALLS, most);
    const start = performance.now();
    yield* wait(caller.call(length));
    msPerCall = (performance.now() - start) / length;
    calls += length;
    // What needs a second collection to go is the same after every round.
    const heapNow = yield* wait(caller.collect());
    const storesNow = arrayBufferBytes();
    const nativeNow = heldNativeBytes(caller.addon);
    // Unlike V8's heap it carries some noise.
    const isNativeGrowing =
      (nativeNow ?? 0) - (native ?? 0) >= length * STEP_BYTES_PER_CALL;
    const isSame = heapNow === heap && storesNow === stores && !isNativeGrowing;
    flatRounds = isSame ? flatRounds + 1 : 0;
    flatCalls = isSame ? flatCalls + length : 0;
    growingRounds = heapNow > heap ? growingRounds + 1 : 0;
    heap = heapNow;
    lengths.push(length);
    readings.push(heap);
    stores = storesNow;
    grownBytes = grownBefore + Math.max(0, heap + stores - bytesBefore);
    bytesPerCall = (grownBytes - grownBefore) / calls;
    native = nativeNow;
    nativeReadings.push(native ?? 0);
  }
  return {
    isFlat: isFlat(),
    calls,
    grownBytes,
    isOutOfRoom: grownBytes >= room,
    heapBytes: { lengths, values: readings },
    ...(native !== undefined && { nativeBytes: { lengths, values: nativeReadings } }),
    msPerCall,
  };
}
