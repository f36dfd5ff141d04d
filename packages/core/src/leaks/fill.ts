// Calls at full speed, nothing sampled, until what only fills has filled.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';

/** A cache of this many entries, touched once per call, has filled. */
export const PLATEAU_CALLS = 1_000;
// Rounds of a slow function must be short enough to end in time.
const ROUND_MS = 150;
const FEWEST_CALLS = 5;
const MOST_CALLS = 200;
/** That nothing came in this many calls, over at least as many rounds as that, is proof. */
const FLAT_CALLS = 75;
const FLAT_ROUNDS = 3;

/** What was seen while filling. */
export interface Fill {
  /** Settled heap and ArrayBuffer stores did not change by a byte in the last rounds. */
  readonly isFlat: boolean;
  readonly calls: number;
  /** Of the last round. */
  readonly msPerCall: number;
}

export interface FillOptions {
  /** Calls already made. */
  readonly callsBefore: number;
  /** What a call took before. */
  readonly msPerCall: number;
  /** Of the clock, 0 to 1, after which no further round begins. */
  readonly timeShare: number;
}

export function* fill({ caller, clock }: Run, options: FillOptions): Steps<Fill> {
  let { msPerCall } = options;
  let calls = 0;
  let heap = yield* wait(caller.settle());
  let stores = arrayBufferBytes();
  let flatRounds = 0;
  let flatCalls = 0;
  const isFlat = (): boolean => flatRounds >= FLAT_ROUNDS && flatCalls >= FLAT_CALLS;
  while (
    options.callsBefore + calls < PLATEAU_CALLS &&
    !isFlat() &&
    !clock.isPast(options.timeShare)
  ) {
    const affordable = Math.floor(ROUND_MS / Math.max(0.001, msPerCall));
    const length = Math.max(FEWEST_CALLS, Math.min(MOST_CALLS, affordable));
    const start = performance.now();
    yield* wait(caller.call(length));
    msPerCall = (performance.now() - start) / length;
    calls += length;
    const heapNow = yield* wait(caller.settle());
    const storesNow = arrayBufferBytes();
    const isSame = heapNow === heap && storesNow === stores;
    flatRounds = isSame ? flatRounds + 1 : 0;
    flatCalls = isSame ? flatCalls + length : 0;
    heap = heapNow;
    stores = storesNow;
  }
  return { isFlat: isFlat(), calls, msPerCall };
}
