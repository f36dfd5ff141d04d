// Pass: what one call leaves reachable.

import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import { type Steps, wait } from './flow.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

// Rounds of different lengths: what follows the rounds and not the calls stands out.
const ROUND_LENGTHS = [2, 1, 3, 1, 2] as const;
const ROUND_MS = 40;
const MOST_UNIT = 20;
/** Rounds made first and not reported: they warm up what makes the rounds. */
const REHEARSALS = 2;

/** The result of the pass, per call. */
export interface Retained {
  readonly heapBytes: Spread;
  /** ArrayBuffer stores. */
  readonly arrayBufferBytes: Spread;
}

export function* measureRetained(run: Run, warm: WarmUp): Steps<Retained> {
  const { caller, clock, settings } = run;
  const unit =
    settings.iterations ??
    Math.max(
      1,
      Math.min(MOST_UNIT, Math.floor(ROUND_MS / Math.max(0.01, warm.msPerCall))),
    );
  // Allocated before the first reading, and not on the heap: what we note down must not
  // look like what the function keeps.
  const heap = new Float64Array(settings.rounds + REHEARSALS + 1);
  const stores = new Float64Array(heap.length);
  const calls = new Float64Array(heap.length);
  let rounds = 0;
  for (; rounds < heap.length; rounds++) {
    // The first settling also lets go of what the passes before left behind.
    if (rounds > 0) {
      calls[rounds] = unit * (ROUND_LENGTHS[rounds % ROUND_LENGTHS.length] ?? 1);
      yield* wait(caller.call(calls[rounds] ?? 0));
    }
    heap[rounds] = yield* wait(caller.settle());
    stores[rounds] = arrayBufferBytes();
    if (rounds > REHEARSALS && clock.isPast(0.9)) break;
  }
  const measured = { from: REHEARSALS + 1, to: Math.min(rounds + 1, heap.length) };
  return {
    heapBytes: spread(growthPerRound(heap, calls, measured)),
    arrayBufferBytes: spread(growthPerRound(stores, calls, measured)),
  };
}

interface RoundRange {
  readonly from: number;
  readonly to: number;
}

function growthPerRound(
  readings: Float64Array,
  calls: Float64Array,
  { from, to }: RoundRange,
): readonly number[] {
  const growth: number[] = [];
  for (let round = from; round < to; round++) {
    const difference = (readings[round] ?? 0) - (readings[round - 1] ?? 0);
    growth.push(difference / (calls[round] ?? 1));
  }
  return growth;
}

/** Bytes of the ArrayBuffer stores of this thread's isolate. */
export function arrayBufferBytes(): number {
  return process.memoryUsage().arrayBuffers;
}
