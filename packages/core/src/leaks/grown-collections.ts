// Which collections grow by the call, and what holds them.

import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { Aged } from './age.js';
import { census } from './census.js';
import { isOfAllCalls } from './stores.js';
import { type Survivors, takeSurvivors } from './survivors.js';
import { MOST_WAITS, passTime } from './timers.js';
import type { Stopwatch } from './timings.js';

export interface CountingOptions {
  /** Made so far. */
  readonly calls: number;
  readonly msPerCall: number;
  readonly snapshotName: string | undefined;
}

export interface GrownCollections {
  /** Of all censuses. */
  readonly calls: number;
  /** Undefined where no collection grows that anything holds. */
  readonly survivors?: Survivors;
}

/** Counts until no timer may clear what was counted. */
export function* grownCollections(
  run: Run,
  aged: Aged,
  { calls: callsBefore, msPerCall, snapshotName }: CountingOptions,
  watch: Stopwatch,
): Steps<GrownCollections> {
  let calls = 0;
  for (let waits = 0; ; waits++) {
    const counting = census(run.caller, msPerCall);
    const counted = yield* watch.timing('plainMs', counting);
    calls += counted.calls;
    const made = callsBefore + calls;
    const collections = counted.growing.filter((entries) => isOfAllCalls(entries, made));
    if (collections.length === 0) return { calls };
    const mayWait = waits < MOST_WAITS;
    const survivors = watch.time('snapshotMs', () =>
      takeSurvivors(run, aged, { collections, snapshotName, mayWait }),
    );
    if (survivors.isOnTimer !== true) {
      return survivors.collections.length > 0 ? { calls, survivors } : { calls };
    }
    yield* watch.timing('plainMs', passTime(run));
  }
}
