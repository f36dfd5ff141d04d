// Collections that grow without new objects: lists of small integers, sets of what is there
// anyway. Their tables grow in steps, far apart when they are large; their sizes do not.

import type { Caller } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import type { GrowingCollection } from '../native.js';
import type { LeakCollection } from '../types.js';
import { affordableCalls } from './affordable.js';
import { FEWEST_OBJECTS_PER_CALL } from './growth.js';

const FIRST_CALLS = 50;
const SECOND_CALLS = 100;
const FEWEST_CALLS = 5;
const ROUND_MS = 200;
/** Twice as many calls, about twice as many entries. */
const SAME_PACE = 0.5;

/** A collection, and by how much it grows. */
export interface GrowingEntries {
  readonly id: number;
  readonly kind: LeakCollection['kind'];
  readonly entryCount: number;
  readonly entriesPerCall: number;
}

/** What was counted, and the calls it took. */
export interface Census {
  readonly calls: number;
  readonly growing: readonly GrowingEntries[];
}

/** Begins a new age of object ids: what a snapshot calls new is younger than the census. */
export function* census(caller: Caller, msPerCall: number): Steps<Census> {
  const { addon } = caller;
  const affordable = Math.floor(affordableCalls(ROUND_MS, msPerCall));
  const first = Math.max(FEWEST_CALLS, Math.min(FIRST_CALLS, affordable));
  const second = Math.max(2 * FEWEST_CALLS, Math.min(SECOND_CALLS, 2 * affordable));
  yield* wait(caller.settle());
  addon.markObjects();
  addon.takeCensus(true);
  let made = 0;
  for (const calls of [first, second]) {
    yield* wait(caller.call(calls));
    yield* wait(caller.settle());
    addon.takeCensus(false);
    made += calls;
    // A census takes as long as several collections.
    const growing = addon.growingCollections();
    if (!growing.some(({ sizes }) => isMuch(sizes, made))) {
      return { calls: made, growing: [] };
    }
  }
  return {
    calls: made,
    growing: addon
      .growingCollections()
      .map((collection) => toEntries(collection, first, second))
      .filter((entries) => entries !== undefined),
  };
}

function isMuch(sizes: readonly number[], calls: number): boolean {
  const grown = (sizes.at(-1) ?? 0) - (sizes[0] ?? 0);
  return grown / calls >= FEWEST_OBJECTS_PER_CALL;
}

function toEntries(
  { id, kind, sizes }: GrowingCollection,
  first: number,
  second: number,
): GrowingEntries | undefined {
  const [start = 0, middle = 0, end = 0] = sizes;
  const early = (middle - start) / first;
  const late = (end - middle) / second;
  const entriesPerCall = (end - start) / (first + second);
  if (late < early * SAME_PACE || early < late * SAME_PACE) return undefined;
  if (!isMuch(sizes, first + second)) return undefined;
  return { id, kind, entryCount: end, entriesPerCall };
}
