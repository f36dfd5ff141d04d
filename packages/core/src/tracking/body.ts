// The window around the body of one test, and how its numbers stand against limits.

import { callsitesOf, mapSites } from '../callsites.js';
import { errors } from '../errors.js';
import { native, type TestWindow } from '../native.js';
import type { LimitRecord, TestNumbers } from '../run/types.js';
import { mapManyToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type { Callsite } from '../types.js';
import { nowMs } from './clock.js';
import type { LimitBytes } from './limits.js';
import { leaveOutStackFormat } from './stack-format.js';

/** How a body is watched. */
export interface BodyPlan {
  readonly limits: LimitBytes;
  /** For limits of the test itself: it begins with a collection, and the peak is searched for closely. */
  readonly isExact: boolean;
  /** Which functions allocate, by samples in proportion to bytes. */
  readonly callsites: boolean;
}

/** What a body took. */
export interface BodyResult {
  /** Undefined when it could not be measured: {@link notMeasured} says why. */
  readonly numbers: TestNumbers | undefined;
  readonly notMeasured?: string;
  /** Whether it was seen to call `Math.random`. */
  readonly drawsRandom: boolean;
  /** Found when asked for: it takes time. None where no stacks were sampled. */
  readonly callsites: () => readonly Callsite[];
}

/** An open window. One at a time. */
export interface Body {
  readonly close: () => BodyResult;
}

export const INTERRUPTED = 'a memory matcher or measure() ran in it';

// Enough samples to name who allocates a limit's worth, few enough to cost next to nothing.
const SAMPLES_PER_LIMIT = 250;

// For callsites of every test. The stack of each allocation would take most suites ten times as long and more.
const BYTES_PER_SAMPLE = 4096;

/** @throws HighwaterError `missing-addon` */
export function openBody({ limits, isExact, callsites }: BodyPlan): Body {
  const addon = native();
  const putBack = leaveOutStackFormat();
  const began = nowMs();
  const detail = limits.native === undefined ? 'counters' : 'blocks';
  addon.openTestWindow(
    detail,
    limits.peak ?? 0,
    isExact ? 'full' : 'young',
    isExact || callsites ? samplingInterval(limits, callsites) : 0,
  );
  return {
    close: () => {
      const window = addon.closeTestWindow();
      putBack();
      const durationMs = nowMs() - began;
      if (window === undefined || window.isInterrupted) {
        return {
          numbers: undefined,
          notMeasured: INTERRUPTED,
          drawsRandom: false,
          callsites: () => [],
        };
      }
      const numbers = numbersOf(window, durationMs, limits.peak !== undefined);
      return {
        numbers,
        drawsRandom: window.drawsRandom,
        callsites: () => callsitesIn(window, numbers.allocatedBytes),
      };
    },
  };
}

/** None with a limit of native memory: the stacks that sampling takes are native memory, too. */
function samplingInterval(
  { allocated, peak, native }: LimitBytes,
  callsites: boolean,
): number {
  if (native !== undefined) return 0;
  if (callsites) return BYTES_PER_SAMPLE;
  const least = Math.min(allocated ?? Infinity, peak ?? Infinity);
  return least === Infinity ? 0 : Math.max(64, Math.floor(least / SAMPLES_PER_LIMIT));
}

type Measured = Exclude<TestWindow, { readonly isInterrupted: true }>;

function numbersOf(
  window: Measured,
  durationMs: number,
  withLooks: boolean,
): TestNumbers {
  const { peakUsedBytes, peakLiveBytes, gcPauseMs, peakRssBytes, native, profile } =
    window;
  const allocatedBytes = Math.max(0, window.allocatedBytes);
  // Below the limit nobody looked, and garbage that aims at looks went in a collection: what was allocated since
  // the start is the most that can have been held above it.
  const isHidden = withLooks && gcPauseMs > 0;
  const usedBytes = isHidden ? allocatedBytes : Math.min(peakUsedBytes, allocatedBytes);
  const isByBlock = native !== undefined && native.liveBytes + native.peakBytes !== 0;
  return {
    durationMs: round(durationMs, 3),
    allocatedBytes,
    peakBytes: Math.max(0, peakLiveBytes ?? usedBytes),
    ...(native !== undefined &&
      // The profiler's own notes would be in it.
      profile === undefined && { nativeAllocatedBytes: native.allocatedBytes }),
    ...(isByBlock && {
      nativePeakBytes: Math.max(0, native.peakBytes),
      nativeRetainedBytes: native.heldBytes,
    }),
    ...(typeof peakRssBytes === 'number' && { rssPeakBytes: peakRssBytes }),
    gcMs: round(gcPauseMs, 3),
  };
}

/**
 * V8 samples in proportion to bytes and estimates what each sample stands for. What all of them stand for is known:
 * the estimates are scaled to it.
 */
function callsitesIn({ profile }: Measured, allocatedBytes: number): readonly Callsite[] {
  if (profile === undefined) return [];
  const sampledBytes = sum([...(profile.bytes.at(-1) ?? [])]);
  const scale = sampledBytes > 0 ? allocatedBytes / sampledBytes : 1;
  return mapSites(callsitesOf(profile, { calls: 1 }), mapManyToSource).map((site) => ({
    ...site,
    allocatedBytes: site.allocatedBytes * scale,
    allocatedCount: site.allocatedCount * scale,
  }));
}

/**
 * Every limit with the number it is held against; exactly the limit is fine.
 *
 * @throws HighwaterError `native-not-measured` where native memory is limited and cannot be recorded
 */
export function judgeLimits(
  limits: LimitBytes,
  numbers: TestNumbers,
): readonly LimitRecord[] {
  const records: LimitRecord[] = [];
  const judge = (
    metric: 'allocated' | 'peak' | 'native' | 'retained',
    actual: number | undefined,
  ): void => {
    const limit = limits[metric];
    if (limit === undefined || actual === undefined) return;
    records.push({ metric, limit, actual, isBroken: actual > limit });
  };
  judge('allocated', numbers.allocatedBytes);
  judge('peak', numbers.peakBytes);
  judge('retained', numbers.retainedBytes);
  if (limits.native !== undefined) {
    if (numbers.nativeAllocatedBytes === undefined)
      throw errors.nativeNotMeasured('peakBytes');
    judge('native', numbers.nativePeakBytes ?? 0);
  }
  return records;
}

function round(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
