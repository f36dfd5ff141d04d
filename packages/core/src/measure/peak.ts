// Pass: the high-water marks of one call.

import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import { type Steps, wait } from './flow.js';
import { freshByteWindow, harnessBytes } from './harness.js';
import type { Run } from './run.js';

const LOOKS = 24;
/** How much closer the second search looks. */
const ZOOM = 8;
const FEWEST_BYTES_BETWEEN = 128;

/** The result of the pass: one call's marks above the start. */
export interface Peaks {
  readonly peakBytes: Spread;
  readonly peakUsedBytes: Spread;
}

/**
 * Searches twice: evenly over the whole call, then closely around the highest place.
 * What is found is within 1/192 of what one call allocates.
 */
export function* measurePeak({ caller }: Run): Steps<Peaks> {
  const harness = yield* harnessBytes(caller, 1);
  const used = yield* freshByteWindow(caller, 1);
  const peakUsedBytes = spread([Math.max(0, used.peakUsedBytes - harness)]);
  const { allocatedBytes } = used;
  if (allocatedBytes <= harness) return { peakBytes: spread([0]), peakUsedBytes };

  const everyBytes = Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(allocatedBytes / LOOKS));
  const wide = yield* wait(
    caller.callInPeakWindow({ everyBytes, fromBytes: 0, toBytes: allocatedBytes * 2 }),
  );
  const near = yield* wait(
    caller.callInPeakWindow({
      everyBytes: Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(everyBytes / ZOOM)),
      fromBytes: Math.max(0, wide.peakAtBytes - everyBytes),
      toBytes: wide.peakAtBytes + everyBytes,
    }),
  );
  // Not two samples of one number but two searches for one maximum.
  const live = Math.max(wide.peakLiveBytes, near.peakLiveBytes);
  return { peakBytes: spread([live]), peakUsedBytes };
}
