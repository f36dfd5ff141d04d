// Calls in rounds of different lengths, with what survives after each.

import { type CallsiteSeries, callsiteSeries } from '../callsites.js';
import { errors } from '../errors.js';
import { arrayBufferBytes } from '../measure/array-buffers.js';
import { STACK_DEPTH } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { WarmUp } from '../measure/warm-up.js';
import type { Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type { Readings } from './growth.js';
import { openResources, type ResourceCounts } from './resources.js';

// An object every 25th call comes several times in as many rounds.
const QUIET_ROUNDS = 3;

// Sampling takes up to 6.5 us per object of some 40 bytes, below a deep stack.
const SAMPLING_MS_PER_BYTE = 0.00016;

/** What a sampled call is going to take. */
export function sampledMs({
  msPerCall,
  bytesPerCall,
}: Pick<WarmUp, 'msPerCall' | 'bytesPerCall'>): number {
  return msPerCall + bytesPerCall * SAMPLING_MS_PER_BYTE;
}

/** What was seen, over all rounds that were made. */
export interface Observation {
  readonly lengths: readonly number[];
  /** Live objects and bytes per callsite; readings after each round, none for the start. */
  readonly sites: readonly CallsiteSeries[];
  readonly heapBytes: Readings;
  readonly arrayBufferBytes: Readings;
  /** From `markObjects`: what has a larger id was allocated during the observation. */
  readonly mark: number;
  /** The same, from the middle of the observation. */
  readonly lateMark: number;
  /** Share of the calls that were made before the late mark, 0 to 1. */
  readonly earlyShare: number;
  readonly openBefore: ResourceCounts;
  readonly openAfter: ResourceCounts;
  /** The stacks as V8 gave them. */
  readonly profile: Profile;
}

/** When to end before the last round. */
export interface ObserveLimits {
  /** Of the clock, 0 to 1, after which no further round begins. */
  readonly timeShare: number;
  /** Nothing came in the last rounds. */
  readonly mayStop: boolean;
}

/** @param lengths calls per round */
export function* observe(
  { caller, clock, settings }: Run,
  lengths: readonly number[],
  { timeShare, mayStop }: ObserveLimits,
): Steps<Observation> {
  const { addon } = caller;
  const { ignore, internals } = settings;
  const openBefore = openResources();
  const mark = addon.markObjects();
  let lateMark = mark;
  let earlyCalls = 0;
  const heap = [yield* wait(caller.settle())];
  const stores = [arrayBufferBytes()];
  const made: number[] = [];
  const live: number[] = [];
  if (!addon.startSampling('live', STACK_DEPTH)) throw errors.samplingBusy();
  for (const calls of lengths) {
    if (made.length >= 4 && clock.isPast(timeShare)) break;
    yield* wait(caller.call(calls));
    // The rounds' own leftovers cancel out; the last one must not have any.
    const isLast = made.length === lengths.length - 1;
    heap.push(yield* wait(isLast ? caller.settle() : caller.collect()));
    stores.push(arrayBufferBytes());
    live.push(addon.readSampling());
    made.push(calls);
    if (made.length === Math.ceil(lengths.length / 2)) {
      lateMark = addon.markObjects();
      earlyCalls = sum(made);
    }
    if (mayStop && hasStopped(live) && hasStopped(stores)) break;
  }
  const profile = addon.stopSampling();
  return {
    lengths: made,
    sites: callsiteSeries(profile, { ignore, internals, mapper: mapToSource }),
    heapBytes: { lengths: made, values: heap },
    arrayBufferBytes: { lengths: made, values: stores },
    mark,
    lateMark,
    earlyShare: earlyCalls / sum(made),
    openBefore,
    openAfter: openResources(),
    profile,
  };
}

/** Nothing more came in the last rounds: neither will it in the next. */
function hasStopped(readings: readonly number[]): boolean {
  const last = readings.slice(-QUIET_ROUNDS - 1);
  return last.length > QUIET_ROUNDS && last.every((value) => value <= (last[0] ?? 0));
}

/** A callsite's column as readings; sampling began with nothing. */
export function siteReadings(
  { lengths }: Observation,
  column: readonly number[],
): Readings {
  return { lengths, values: [0, ...column] };
}
