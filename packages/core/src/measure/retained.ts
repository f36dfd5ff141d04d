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
  const heap: number[] = [];
  const stores: number[] = [];
  // The first settling also lets go of what the passes before left behind.
  yield* wait(caller.settle());
  yield* wait(caller.call(unit));
  let heapBefore = yield* wait(caller.settle());
  let storesBefore = arrayBufferBytes();
  for (let round = 0; round < settings.rounds; round++) {
    const calls = unit * (ROUND_LENGTHS[round % ROUND_LENGTHS.length] ?? 1);
    yield* wait(caller.call(calls));
    const heapAfter = yield* wait(caller.settle());
    const storesAfter = arrayBufferBytes();
    heap.push((heapAfter - heapBefore) / calls);
    stores.push((storesAfter - storesBefore) / calls);
    heapBefore = heapAfter;
    storesBefore = storesAfter;
    if (clock.isPast(0.9)) break;
  }
  return { heapBytes: spread(heap), arrayBufferBytes: spread(stores) };
}

/** Bytes of the ArrayBuffer stores of this thread's isolate. */
export function arrayBufferBytes(): number {
  return process.memoryUsage().arrayBuffers;
}
