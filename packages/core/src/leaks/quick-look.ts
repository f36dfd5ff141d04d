// The cheap proof that nothing accumulates: a settled heap that does not grow by a byte.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { FLAT_ROUNDS } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { WarmUp } from '../measure/warm-up.js';
import { sum } from '../stats.js';
import { affordableCalls } from './affordable.js';

/** In calls made so far: what has been flat while the calls tripled has no backing store that grows in steps. */
const PATTERN = [0.5, 0.5, 1, 1, 2, 2] as const;
// Calls per round. The fewest still show one object every 25th call.
const FEWEST_CALLS = 25;
const MOST_CALLS = 100;
const ROUND_MS = 20;
const MOST_MS = 400;
/** Per call: half of the smallest object. */
const GROWING_BYTES = 8;

/** What was seen; `isFlat` is a verdict, its opposite is none. */
export interface QuickLook {
  readonly isFlat: boolean;
  /** Every round grew with its calls: only a long observation can tell why. */
  readonly isGrowing: boolean;
  /** Of the settled heap, from first to last reading. */
  readonly bytesPerCall: number;
  readonly calls: number;
}

export function* quickLook({ caller, settings }: Run, warm: WarmUp): Steps<QuickLook> {
  const affordable = Math.floor(affordableCalls(ROUND_MS, warm.msPerCall));
  const unit =
    settings.iterations ??
    Math.max(FEWEST_CALLS, warm.calls, Math.min(MOST_CALLS, affordable));
  const isAffordable = warm.msPerCall * unit * sum(PATTERN) <= MOST_MS;
  if (!isAffordable && settings.iterations === undefined) {
    return { isFlat: false, isGrowing: false, bytesPerCall: 0, calls: 0 };
  }

  const lengths = PATTERN.map((times) => Math.ceil(times * unit));
  // Stores that nobody holds any more must be gone before they are counted.
  yield* wait(caller.collect());
  const storesBefore = arrayBufferBytes();
  const callsBefore = caller.callCount;
  const { heap } = yield* wait(caller.callInSettledRounds(lengths, true));
  const calls = caller.callCount - callsBefore;
  return {
    // Shrinking is not flat: it could hide something that grows.
    isFlat: endsFlat(heap) && arrayBufferBytes() === storesBefore,
    isGrowing: heap.every(
      (bytes, round) =>
        round === 0 ||
        bytes - (heap[round - 1] ?? 0) >= (lengths[round - 1] ?? 0) * GROWING_BYTES,
    ),
    bytesPerCall: ((heap.at(-1) ?? 0) - (heap[0] ?? 0)) / calls,
    calls,
  };
}

function endsFlat(readings: readonly number[]): boolean {
  if (readings.length <= FLAT_ROUNDS) return false;
  const last = readings.slice(-1 - FLAT_ROUNDS);
  return last.every((bytes) => bytes === last[0]);
}
