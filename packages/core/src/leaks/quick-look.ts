// The cheap proof that nothing accumulates: a settled heap that does not grow by a byte.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Caller, FLAT_ROUNDS } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes, recordingNative } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import type { WarmUp } from '../measure/warm-up.js';
import { sum } from '../stats.js';
import { affordableCalls } from './affordable.js';
import { STEP_BYTES_PER_CALL } from './growth.js';
import { callsWithin, roomBytes } from './room.js';

/** In calls made so far: what has been flat while the calls tripled has no backing store that grows in steps. */
const PATTERN = [0.5, 0.5, 1, 1, 2, 2] as const;
// Calls per round. The fewest still show one object every 25th call.
const FEWEST_CALLS = 25;
const MOST_CALLS = 100;
const ROUND_MS = 20;
const MOST_MS = 400;
const ROOM_SHARE = 0.5;
/** Per call: half of the smallest object. */
const GROWING_BYTES = 8;

/** What was seen; `isFlat` is a verdict, its opposite is none. */
export interface QuickLook {
  readonly isFlat: boolean;
  /** Every round grew with its calls: only a long observation can tell why. */
  readonly isGrowing: boolean;
  /** Of native memory, in the last rounds. */
  readonly isNativeGrowing: boolean;
  /** Of the settled heap, from first to last reading. */
  readonly bytesPerCall: number;
  readonly calls: number;
}

export function* quickLook({ caller, settings }: Run, warm: WarmUp): Steps<QuickLook> {
  const affordable = Math.floor(affordableCalls(ROUND_MS, warm.msPerCall));
  const unit =
    settings.iterations ??
    Math.max(FEWEST_CALLS, warm.calls, Math.min(MOST_CALLS, affordable));
  // All that a call allocates might stay.
  const mostCalls = callsWithin(roomBytes() * ROOM_SHARE, warm.bytesPerCall);
  const isAffordable =
    warm.msPerCall * unit * sum(PATTERN) <= MOST_MS && unit * sum(PATTERN) <= mostCalls;
  if (!isAffordable && settings.iterations === undefined) {
    return {
      isFlat: false,
      isGrowing: false,
      isNativeGrowing: false,
      bytesPerCall: 0,
      calls: 0,
    };
  }

  const lengths = PATTERN.map((times) => Math.ceil(times * unit));
  return yield* recordingNative(caller.addon, 'blocks', () => look(caller, lengths));
}

function* look(caller: Caller, lengths: readonly number[]): Steps<QuickLook> {
  // Stores that nobody holds any more must be gone before they are counted.
  yield* wait(caller.collect());
  const storesBefore = arrayBufferBytes();
  const callsBefore = caller.callCount;
  const { heap, native } = yield* wait(caller.callInSettledRounds(lengths, true));
  const calls = caller.callCount - callsBefore;
  let isNativeGrowing = native !== undefined && growsInTheEnd(native, lengths);
  if (isNativeGrowing) {
    // What died in the last round may just be waiting to be freed.
    yield* wait(caller.settle());
    const held = heldNativeBytes(caller.addon) ?? 0;
    isNativeGrowing = growsInTheEnd([...(native ?? []).slice(0, -1), held], lengths);
  }
  return {
    // Shrinking is not flat: it could hide something that grows.
    isFlat: endsFlat(heap) && !isNativeGrowing && arrayBufferBytes() === storesBefore,
    isGrowing: heap.every(
      (bytes, round) =>
        round === 0 ||
        bytes - (heap[round - 1] ?? 0) >= (lengths[round - 1] ?? 0) * GROWING_BYTES,
    ),
    isNativeGrowing,
    bytesPerCall: ((heap.at(-1) ?? 0) - (heap[0] ?? 0)) / calls,
    calls,
  };
}

/** For a function that is too slow for a quick look. The first round warms up what the others must not show. */
const NATIVE_ROUNDS = [5, 10, 10] as const;

/** Whether native memory grew in every round after the first; no where none is recorded. */
export function* nativeLook({
  caller,
}: Run): Steps<{ readonly calls: number; readonly isGrowing: boolean }> {
  const rounds = recordingNative(caller.addon, 'blocks', function* () {
    return yield* wait(caller.callInSettledRounds(NATIVE_ROUNDS, false));
  });
  const { native = [] } = yield* rounds;
  const isGrowing = NATIVE_ROUNDS.every((calls, round) => {
    const grown = (native[round + 1] ?? 0) - (native[round] ?? 0);
    return round === 0 || grown >= calls * STEP_BYTES_PER_CALL;
  });
  return { calls: sum(NATIVE_ROUNDS), isGrowing };
}

/** Over as many rounds as prove a heap flat. Readings of native memory carry some noise. */
function growsInTheEnd(native: readonly number[], lengths: readonly number[]): boolean {
  const first = Math.max(0, native.length - 1 - FLAT_ROUNDS);
  const calls = sum(lengths.slice(first, native.length - 1));
  const grown = (native.at(-1) ?? 0) - (native[first] ?? 0);
  return grown >= calls * STEP_BYTES_PER_CALL;
}

function endsFlat(readings: readonly number[]): boolean {
  if (readings.length <= FLAT_ROUNDS) return false;
  const last = readings.slice(-1 - FLAT_ROUNDS);
  return last.every((bytes) => bytes === last[0]);
}
