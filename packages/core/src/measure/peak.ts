// Pass: the high-water marks of one call.

import type { LookPlan, PeakWindow } from '../native.js';
import { spread } from '../stats.js';
import type { Spread } from '../types.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';
import { harnessCost } from './harness.js';
import { recordingNative } from './native-recording.js';
import type { Run } from './run.js';

const LOOKS = 24;
/** How much closer the second search looks. */
const ZOOM = 8;
const FEWEST_BYTES_BETWEEN = 128;
/** Of the whole time: after this no further search is begun. */
const PEAK_TIME_SHARE = 0.2;
/** The result of the pass: one call's marks above the start. */
export interface Peaks {
  readonly peakBytes: Spread;
  readonly peakUsedBytes: Spread;
}

/** Searches as often as asked for, while there is time; the marks are those of every search. */
export function* measurePeak(run: Run, rounds = 1): Steps<Peaks> {
  // While native memory is recorded, V8's mappings are seen: large objects have their own.
  return yield* recordingNative(run.caller.addon, 'counters', () =>
    searchRounds(run, rounds),
  );
}

function* searchRounds(run: Run, rounds: number): Steps<Peaks> {
  const searches = [yield* searchPeak(run)];
  while (searches.length < rounds && !run.clock.isPast(PEAK_TIME_SHARE)) {
    searches.push(yield* searchPeak(run));
  }
  return {
    peakBytes: spread(searches.map(({ liveBytes }) => liveBytes)),
    peakUsedBytes: spread(searches.map(({ usedBytes }) => usedBytes)),
  };
}

interface Marks {
  readonly liveBytes: number;
  readonly usedBytes: number;
}

/**
 * Searches twice: evenly over the whole call, then closely around the highest place.
 * What is found is within 1/192 of what one call allocates.
 */
function* searchPeak({ caller }: Run): Steps<Marks> {
  const { allocatedBytes: harness } = yield* harnessCost(caller, 1);
  caller.addon.collectGarbage('full');
  const { allocatedBytes, peakUsedBytes } = yield* wait(caller.callInByteWindow(1));
  const usedBytes = Math.max(0, peakUsedBytes - harness);
  if (allocatedBytes <= harness) return marks(0, usedBytes);

  const everyBytes = Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(allocatedBytes / LOOKS));
  const wide = { everyBytes, fromBytes: everyBytes, toBytes: allocatedBytes };
  const { found, hasSafePoints } = yield* search(caller, wide);
  const near = {
    everyBytes: Math.max(FEWEST_BYTES_BETWEEN, Math.ceil(everyBytes / ZOOM)),
    fromBytes: Math.max(FEWEST_BYTES_BETWEEN, found.peakAtBytes - everyBytes),
    toBytes: found.peakAtBytes + everyBytes,
  };
  const confirmed = hasSafePoints
    ? yield* wait(caller.callInPeakWindow(near))
    : (yield* search(caller, near)).found;
  // Not two samples of one number but two searches for one maximum.
  const seenBytes = Math.max(found.peakLiveBytes, confirmed.peakLiveBytes);
  const liveBytes = seenBytes - (yield* harnessLiveBytes(caller, wide));
  // Between two looks it may be born and dropped, but while it was mapped it was alive.
  const largestBytes = Math.max(found.largestObjectBytes, confirmed.largestObjectBytes);
  return marks(Math.max(liveBytes, largestBytes), usedBytes);
}

interface Search {
  readonly found: PeakWindow;
  /** The looks were full collections; else scavenges, which leave large garbage. */
  readonly hasSafePoints: boolean;
}

function* search(caller: Caller, plan: LookPlan): Steps<Search> {
  const atOnce = yield* wait(caller.callInPeakWindow(plan));
  const planned = (plan.toBytes - plan.fromBytes) / plan.everyBytes;
  if (atOnce.lookCount > planned / 2) return { found: atOnce, hasSafePoints: true };

  // Builtins, or loops without a call: a look each by a scavenge, which needs no safe point.
  let found = atOnce;
  for (let at = plan.fromBytes; at <= plan.toBytes; at += plan.everyBytes) {
    const only = { everyBytes: 0, fromBytes: at, toBytes: at };
    const look = yield* wait(caller.callInPeakWindow(only));
    if (look.peakLiveBytes > found.peakLiveBytes) found = look;
  }
  return { found, hasSafePoints: false };
}

/** What awaiting itself holds live. 0 for sync functions. */
function* harnessLiveBytes({ idle }: Caller, plan: LookPlan): Steps<number> {
  if (idle === undefined) return 0;
  return (yield* wait(idle.callInPeakWindow(plan))).peakLiveBytes;
}

function marks(liveBytes: number, usedBytes: number): Marks {
  return { liveBytes: Math.min(usedBytes, Math.max(0, liveBytes)), usedBytes };
}
