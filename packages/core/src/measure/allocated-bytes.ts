// Pass: how many bytes one call allocates.

import { spread, sum } from '../stats.js';
import type { GcActivity, Spread } from '../types.js';
import type { Steps } from './flow.js';
import { byteWindows, callsPerPage, harnessBytes } from './harness.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

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
  const iterations = settings.iterations ?? callsPerPage(warm.bytesPerCall);
  const harness = yield* harnessBytes(caller, iterations);
  const windows = yield* byteWindows(caller, iterations, settings.rounds, () =>
    clock.isPast(0.5),
  );
  return {
    iterations,
    allocatedBytes: spread(
      windows.map(({ allocatedBytes }) =>
        Math.max(0, (allocatedBytes - harness) / iterations),
      ),
    ),
    gc: {
      minorCount: sum(windows.map((window) => window.minorGcCount)),
      majorCount: sum(windows.map((window) => window.majorGcCount)),
      pauseMs: sum(windows.map((window) => window.gcPauseMs)),
    },
  };
}
