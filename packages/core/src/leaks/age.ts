// Rounds of calls at full speed, with a mark before each: what survives tells its age.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import { sum } from '../stats.js';
import type { Readings } from './growth.js';
import { openResources, type ResourceCounts } from './resources.js';

// Lengths differ: what follows calls is told from what follows rounds.
const PATTERN = [1, 3, 2, 4] as const;
const MOST_UNIT = 50;
const FEWEST_UNIT = 1;
const LOOK_MS = 300;

/** Calls whose survivors are told by age. */
export interface Aged {
  /** Calls per round. */
  readonly lengths: readonly number[];
  /** From `markObjects`, one before each round. */
  readonly marks: readonly number[];
  /** Settled, before the first round and after each. */
  readonly heapBytes: Readings;
  readonly arrayBufferBytes: Readings;
  readonly openBefore: ResourceCounts;
  readonly openAfter: ResourceCounts;
}

/** @param rounds how many; the pattern of their lengths repeats */
export function* age(
  { caller, settings }: Run,
  msPerCall: number,
  rounds: number = PATTERN.length,
): Steps<Aged> {
  const pattern = Array.from(
    { length: rounds },
    (_, round) => PATTERN[round % PATTERN.length] ?? 1,
  );
  const affordable = Math.floor(LOOK_MS / sum(pattern) / Math.max(0.001, msPerCall));
  const unit =
    settings.iterations ?? Math.max(FEWEST_UNIT, Math.min(MOST_UNIT, affordable));
  const lengths = pattern.map((times) => times * unit);

  const openBefore = openResources();
  const marks: number[] = [];
  const heap = [yield* wait(caller.settle())];
  const stores = [arrayBufferBytes()];
  for (const calls of lengths) {
    marks.push(caller.addon.markObjects());
    yield* wait(caller.call(calls));
    heap.push(yield* wait(caller.settle()));
    stores.push(arrayBufferBytes());
  }
  return {
    lengths,
    marks,
    heapBytes: { lengths, values: heap },
    arrayBufferBytes: { lengths, values: stores },
    openBefore,
    openAfter: openResources(),
  };
}
