// Plain objects used as tables under numeric keys: no collection whose entries can be counted, and what is kept under
// a number may be no object either. Their tables grow in steps, by half or to twice as much: while the calls double,
// and double again, each has to have grown.

import { withGraphOf } from '../heap/graph.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { GrownStore, HeapGraph } from '../native.js';
import { explained } from './explained.js';
import { holderOf } from './holder.js';
import { NO_LARGE_THINGS } from './large-things.js';
import type { Survivors } from './survivors.js';
import { ask } from './suspects.js';
import { passTime } from './timers.js';
import type { Stopwatch } from './timings.js';

/** The smallest entry is one pointer or number, and one call in two must have left one. */
const BYTES_PER_CALL = 4;
/** While the calls double: a table that grows by half may have been full or not. */
const GROWN = 1.3;
/** So many tables of one heap grow while nobody leaks. */
const MOST_TABLES = 20;
/** All calls are made three times more: not of a function that takes longer for it. */
const MOST_MS = 2_000;

export interface TableOptions {
  /** Made so far, warm-up included. */
  readonly calls: number;
  readonly msPerCall: number;
  readonly snapshotName: string | undefined;
}

export interface GrownTables {
  readonly calls: number;
  /** Undefined where no table went on growing. */
  readonly survivors?: Survivors;
}

export function* grownTables(
  run: Run,
  { calls, msPerCall, snapshotName }: TableOptions,
  watch: Stopwatch,
): Steps<GrownTables> {
  const { caller } = run;
  if (calls * 3 * msPerCall > MOST_MS) return { calls: 0 };
  const early = yield* watch.timing('plainMs', callMore(run, calls));
  const before = watch.time('snapshotMs', () =>
    withGraphOf(caller.addon, [caller], (graph) => tablesIn(graph, early, 2 * calls)),
  );
  if (before.size === 0) return { calls };
  // A timer of this object may empty it.
  if (caller.kind === 'async') yield* watch.timing('plainMs', passTime(run));
  const late = yield* watch.timing('plainMs', callMore(run, 2 * calls));
  const survivors = watch.time('snapshotMs', () =>
    withGraphOf(caller.addon, [caller], (graph) => {
      const [table] = [...tablesIn(graph, late, 4 * calls)]
        .filter(([holder, { storeBytes }]) => {
          const old = before.get(holder)?.storeBytes;
          return old !== undefined && storeBytes >= old * GROWN;
        })
        .map(([, store]) => store);
      if (table === undefined) return undefined;
      const suspects = {
        ...NO_LARGE_THINGS,
        groups: [],
        collections: [],
        stores: [table],
      };
      const shown = explained(ask(suspects, graph), run, {
        turningMs: 0,
        largestFrom: 0,
        snapshotName,
      });
      const { largest } = shown;
      return (
        largest && {
          ...shown,
          largest: { ...largest, bytesPerCall: largest.bytes / (4 * calls) },
        }
      );
    }),
  );
  return { calls: 3 * calls, ...(survivors && { survivors }) };
}

/** @returns the mark before the calls */
function* callMore({ caller }: Run, calls: number): Steps<number> {
  const mark = yield* wait(caller.mark());
  yield* wait(caller.call(calls));
  yield* wait(caller.settle());
  return mark;
}

/** By the id of who has them; those that have grown since `mark` and may hold something of every second call. */
function tablesIn(
  graph: HeapGraph,
  mark: number,
  calls: number,
): ReadonlyMap<number, GrownStore> {
  const large = graph
    .grownStores(mark, MOST_TABLES)
    .filter(({ storeBytes }) => storeBytes >= calls * BYTES_PER_CALL);
  return new Map(
    large.flatMap((store) => {
      const holder = holderOf(store);
      return holder === undefined ? [] : [[holder.id, store] as const];
    }),
  );
}
