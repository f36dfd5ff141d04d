// Pass: how many bytes one call allocates.

import { spread } from '../stats.js';
import type { GcActivity, Spread } from '../types.js';
import type { Steps } from './flow.js';
import { freshByteWindow, harnessBytes } from './harness.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

// A round that fits into one page of the young generation (256 kB) is exact to the byte: no
// collection, and no page's unused end, falls into it.
const ROUND_BYTES = 200_000;
const MOST_ITERATIONS = 10;

/** The result of the pass, per call. */
export interface AllocatedBytes {
  readonly iterations: number;
  readonly allocatedBytes: Spread;
  readonly gc: GcActivity;
}

export function* measureAllocatedBytes(
  { caller, clock, settings }: Run,
  warm: WarmUp,
): Steps<AllocatedBytes> {
  const iterations = settings.iterations ?? roundLength(warm.bytesPerCall);
  const harness = yield* harnessBytes(caller, iterations);
  const allocated: number[] = [];
  const gc = { minorCount: 0, majorCount: 0, pauseMs: 0 };
  for (let round = 0; round < settings.rounds; round++) {
    const window = yield* freshByteWindow(caller, iterations);
    allocated.push(Math.max(0, window.allocatedBytes - harness) / iterations);
    gc.minorCount += window.minorGcCount;
    gc.majorCount += window.majorGcCount;
    gc.pauseMs += window.gcPauseMs;
    if (clock.isPast(0.5)) break;
  }
  return { iterations, allocatedBytes: spread(allocated), gc };
}

function roundLength(bytesPerCall: number): number {
  const fitting = Math.floor(ROUND_BYTES / Math.max(1, bytesPerCall));
  return Math.max(1, Math.min(MOST_ITERATIONS, fitting));
}
