// Pass: what one call leaves reachable.

import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import { arrayBufferBytes } from './array-buffers.js';
import { type Steps, wait } from './flow.js';
import { recordingNative } from './native-recording.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

// Rounds of different lengths: what follows the rounds and not the calls stands out.
const ROUND_LENGTHS = [2, 1, 3, 1, 2] as const;
const ROUND_MS = 40;
const MOST_UNIT = 20;

/** The result of the pass, per call. */
export interface Retained {
  /** Calls of the shortest round. */
  readonly iterations: number;
  readonly heapBytes: Spread;
  /** Where native memory can't be recorded, ArrayBuffer stores: one value for all rounds together. */
  readonly nativeBytes: Spread;
  readonly nativeUnavailable?: string;
}

export function* measureRetained(run: Run, warm: WarmUp): Steps<Retained> {
  return yield* recordingNative(run.caller.addon, 'blocks', (unavailable) =>
    measureRounds(run, warm, unavailable),
  );
}

function* measureRounds(
  { caller, settings }: Run,
  warm: WarmUp,
  unavailable: string | undefined,
): Steps<Retained> {
  const affordable = Math.floor(ROUND_MS / Math.max(0.01, warm.msPerCall));
  const unit = settings.iterations ?? Math.max(1, Math.min(MOST_UNIT, affordable));
  const lengths = Array.from(
    { length: settings.rounds },
    (_, round) => unit * (ROUND_LENGTHS[round % ROUND_LENGTHS.length] ?? 1),
  );
  // A collection may still be sweeping stores that an earlier pass dropped.
  yield* wait(caller.settle());
  const storesBefore = arrayBufferBytes();
  const callsBefore = caller.callCount;
  const { heap, native } = yield* wait(caller.callInSettledRounds(lengths, false));
  const stores = arrayBufferBytes() - storesBefore;
  const perCall = (readings: readonly number[]): Spread =>
    spread(lengths.map((calls, round) => growth(readings, round) / calls));
  return {
    iterations: unit,
    heapBytes: perCall(heap),
    nativeBytes:
      native === undefined
        ? spread([stores / (caller.callCount - callsBefore)])
        : perCall(native),
    ...(unavailable !== undefined && { nativeUnavailable: unavailable }),
  };
}

function growth(readings: readonly number[], round: number): number {
  return (readings[round + 1] ?? 0) - (readings[round] ?? 0);
}
