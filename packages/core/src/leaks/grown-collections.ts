// Which collections grow by the call, and what holds them.

import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { Aged } from './age.js';
import { census } from './census.js';
import { grownTables } from './grown-tables.js';
import { isOfAllCalls } from './stores.js';
import { type Survivors, takeSurvivors } from './survivors.js';
import { MOST_WAITS, passTime } from './timers.js';
import type { Stopwatch } from './timings.js';

export interface CountingOptions {
  /** Made so far, without those of warming up. */
  readonly calls: number;
  readonly warmUpCalls: number;
  readonly msPerCall: number;
  readonly snapshotName: string | undefined;
}

export interface GrownCollections {
  /** Made to count. */
  readonly calls: number;
  /** Undefined where no collection grows that anything holds. */
  readonly survivors?: Survivors;
}

export function* grownCollections(
  run: Run,
  aged: Aged,
  options: CountingOptions,
  watch: Stopwatch,
): Steps<GrownCollections> {
  const counted = yield* countCollections(run, aged, options, watch);
  if (counted.survivors !== undefined) return counted;
  const { calls, warmUpCalls, msPerCall, snapshotName } = options;
  const made = warmUpCalls + calls + counted.calls;
  const tables = yield* grownTables(run, made, msPerCall, watch);
  const all = counted.calls + tables.calls;
  const collections = tables.growing.filter((table) => isOfAllCalls(table, calls + all));
  if (collections.length === 0) return { calls: all };
  const survivors = watch.time('snapshotMs', () =>
    takeSurvivors(run, aged, { collections, snapshotName }),
  );
  return shown(all, survivors);
}

/** Counts until no timer may clear what was counted. */
function* countCollections(
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
    if (survivors.isOnTimer !== true) return shown(calls, survivors);
    yield* watch.timing('plainMs', passTime(run));
  }
}

function shown(calls: number, survivors: Survivors): GrownCollections {
  return survivors.collections.length > 0 ? { calls, survivors } : { calls };
}
