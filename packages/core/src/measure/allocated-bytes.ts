// Pass: how many bytes one call allocates, on V8's heap and outside it.

import type { ByteWindow } from '../native.js';
import { spread, sum } from '../stats.js';
import type { GcActivity, Spread } from '../types.js';
import type { Steps } from './flow.js';
import { byteWindows, callsPerPage, harnessCost } from './harness.js';
import { recordingNative } from './native-recording.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

/** The result of the pass, per call. */
export interface AllocatedBytes {
  readonly iterations: number;
  readonly allocatedBytes: Spread;
  /** Absent where native memory can't be recorded. */
  readonly native?: { readonly allocatedBytes: Spread; readonly allocatedCount: Spread };
  readonly nativeUnavailable?: string;
  readonly gc: GcActivity;
}

export function* measureAllocatedBytes(run: Run, warm: WarmUp): Steps<AllocatedBytes> {
  return yield* recordingNative(run.caller.addon, 'counters', (unavailable) =>
    measureWindows(run, warm, unavailable),
  );
}

function* measureWindows(
  { caller, clock, settings }: Run,
  warm: WarmUp,
  unavailable: string | undefined,
): Steps<AllocatedBytes> {
  const iterations = settings.iterations ?? callsPerPage(warm.bytesPerCall);
  const harness = yield* harnessCost(caller, iterations);
  const windows = yield* byteWindows(caller, iterations, settings.rounds, () =>
    clock.isPast(0.5),
  );
  const perCall = (of: (window: ByteWindow) => number, own: number): Spread =>
    spread(windows.map((window) => Math.max(0, (of(window) - own) / iterations)));
  return {
    iterations,
    allocatedBytes: perCall((window) => window.allocatedBytes, harness.allocatedBytes),
    ...(unavailable === undefined
      ? {
          native: {
            allocatedBytes: perCall(
              ({ native }) => native?.allocatedBytes ?? 0,
              harness.nativeBytes,
            ),
            allocatedCount: perCall(
              ({ native }) => native?.allocatedCount ?? 0,
              harness.nativeCount,
            ),
          },
        }
      : { nativeUnavailable: unavailable }),
    gc: {
      minorCount: sum(windows.map((window) => window.minorGcCount)),
      majorCount: sum(windows.map((window) => window.majorGcCount)),
      pauseMs: sum(windows.map((window) => window.gcPauseMs)),
    },
  };
}
