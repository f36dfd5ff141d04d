// Pass: the high-water mark of native memory during one call.

import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import { type Steps, wait } from './flow.js';
import { harnessCost } from './harness.js';
import { recordingNative } from './native-recording.js';
import type { Run } from './run.js';

const ROUNDS = 3;

/** Absent values where native memory can't be recorded. */
export interface NativePeak {
  readonly peakBytes?: Spread;
  readonly nativeUnavailable?: string;
}

/**
 * Every block is seen, so the mark of a call is exact. When V8 lets go of the stores of dead ArrayBuffers is up
 * to V8: each mark is an upper bound of what was needed, and the least of them the best.
 */
export function* measureNativePeak({ caller, clock }: Run): Steps<NativePeak> {
  return yield* recordingNative(caller.addon, 'blocks', function* (unavailable) {
    if (unavailable !== undefined) return { nativeUnavailable: unavailable };
    const harness = yield* harnessCost(caller, 1);
    // What it replaces of its own is then known, when it dies.
    yield* wait(caller.call(1));
    const marks: number[] = [];
    while (marks.length < ROUNDS) {
      yield* wait(caller.settle());
      const { native } = yield* wait(caller.callInByteWindow(1));
      const peakBytes = Math.max(0, (native?.peakBytes ?? 0) - harness.nativePeakBytes);
      marks.push(peakBytes);
      // V8's own work may fall into a call: a rare few bytes that the next one lacks.
      if (peakBytes === 0 || clock.isPast(0.7)) break;
    }
    return { peakBytes: spread(marks) };
  });
}
