// Rounds of calls with every allocation sampled, and what of it survives each.

import type { CallsiteSeries } from '../callsites.js';
import { errors } from '../errors.js';
import { arrayBufferBytes } from '../measure/array-buffers.js';
import { STACK_DEPTH } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { WarmUp } from '../measure/warm-up.js';
import type { Profile } from '../native.js';
import type { Readings } from './growth.js';

// Sampling takes up to 6.5 us per object of some 40 bytes, below a deep stack.
const SAMPLING_MS_PER_BYTE = 0.00016;

/** What a sampled call is going to take. */
export function sampledMs({ msPerCall, bytesPerCall }: WarmUp): number {
  return msPerCall + bytesPerCall * SAMPLING_MS_PER_BYTE;
}

/** Live objects and bytes per stack, after each round. */
export interface Sampled {
  /** Calls per round. */
  readonly lengths: readonly number[];
  readonly profile: Profile;
  readonly arrayBufferBytes: Readings;
}

/** The calls of the next round, or `undefined` at the end. */
export type NextRound = (
  lengths: readonly number[],
  msOfLastRound: number,
) => number | undefined;

/** @param readAfter what is no longer needed goes away before each reading */
export function* sample(
  { caller }: Run,
  nextRound: NextRound,
  readAfter: 'settling' | 'collection' = 'settling',
): Steps<Sampled> {
  const { addon } = caller;
  yield* wait(caller.settle());
  const stores = [arrayBufferBytes()];
  const lengths: number[] = [];
  let ms = 0;
  if (!addon.startSampling('live', STACK_DEPTH)) throw errors.samplingBusy();
  for (;;) {
    const calls = nextRound(lengths, ms);
    if (calls === undefined) break;
    const start = performance.now();
    yield* wait(caller.call(calls));
    ms = performance.now() - start;
    yield* wait(readAfter === 'settling' ? caller.settle() : caller.collect());
    stores.push(arrayBufferBytes());
    addon.readSampling();
    lengths.push(calls);
  }
  const profile = addon.stopSampling();
  return { lengths, profile, arrayBufferBytes: { lengths, values: stores } };
}

/** The columns of a callsite as readings; sampling began with nothing. */
export function siteReadings(
  { counts, bytes }: Pick<CallsiteSeries, 'counts' | 'bytes'>,
  lengths: readonly number[],
): { readonly counts: Readings; readonly bytes: Readings } {
  return {
    counts: { lengths, values: [0, ...counts] },
    bytes: { lengths, values: [0, ...bytes] },
  };
}
