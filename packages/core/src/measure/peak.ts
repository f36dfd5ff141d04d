// Pass: the high-water marks of one call.

import type { LookPlan } from '../native.js';
import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';
import { byteWindows, harnessBytes } from './harness.js';
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
  const [used] = yield* byteWindows(caller, 1, 1);
  const { allocatedBytes = 0, peakUsedBytes = 0 } = used ?? {};
  const peakUsed = Math.max(0, peakUsedBytes - harness);
  if (allocatedBytes <= harness) return marks(0, peakUsed);

  const everyBytes = Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(allocatedBytes / LOOKS));
  const wide = { everyBytes, fromBytes: 0, toBytes: allocatedBytes * 2 };
  const found = yield* wait(caller.callInPeakWindow(wide));
  const near = {
    everyBytes: Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(everyBytes / ZOOM)),
    fromBytes: Math.max(0, found.peakAtBytes - everyBytes),
    toBytes: found.peakAtBytes + everyBytes,
  };
  const confirmed = yield* wait(caller.callInPeakWindow(near));
  // Not two samples of one number but two searches for one maximum.
  const live = Math.max(found.peakLiveBytes, confirmed.peakLiveBytes);
  return marks(live - (yield* harnessLiveBytes(caller, wide)), peakUsed);
}

/** What awaiting itself holds live. 0 for sync functions. */
function* harnessLiveBytes({ idle }: Caller, plan: LookPlan): Steps<number> {
  if (idle === undefined) return 0;
  return (yield* wait(idle.callInPeakWindow(plan))).peakLiveBytes;
}

function marks(live: number, used: number): Peaks {
  return {
    peakBytes: spread([Math.min(used, Math.max(0, live))]),
    peakUsedBytes: spread([used]),
  };
}
