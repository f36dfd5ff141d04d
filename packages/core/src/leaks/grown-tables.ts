// Plain objects used as tables under numeric keys, which no census of collections counts; what is kept there may be no
// object either. A table shows by its store, which grows in steps, by half or to twice as much: at least once while the
// calls double. Then its entries are counted, while they double again.

import { withGraphOf } from '../heap/graph.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { GrownStore, HeapGraph, HeapNode } from '../native.js';
import type { Census, GrowingEntries } from './census.js';
import { FEWEST_OBJECTS_PER_CALL } from './growth.js';
import { holderOf } from './holder.js';
import { passTime } from './timers.js';
import type { Stopwatch } from './timings.js';

/** An entry is at least one pointer or number; one call in two must have left one. */
const BYTES_PER_CALL = 4;
/** Of the entries per call before: where the keys come by chance, there are ever fewer new ones. */
const SAME_PACE = 0.9;
/** Others may be larger: arrays, Maps. */
const MOST_STORES = 50;
/** Each is looked for on the whole heap. */
const MOST_TABLES = 3;
/** All calls are made three times more: not of a function that takes longer for it. */
const MOST_MS = 2_000;
/** Where V8 keeps properties and elements. Tables of Maps and of weak collections grow with garbage, too. */
const STORES: ReadonlySet<string> = new Set(['elements', 'properties']);

/** @param calls made so far, warm-up included */
export function* grownTables(
  run: Run,
  calls: number,
  msPerCall: number,
  watch: Stopwatch,
): Steps<Census> {
  const { caller } = run;
  if (calls * 3 * msPerCall > MOST_MS) return { calls: 0, growing: [] };
  const mark = yield* wait(caller.mark());
  yield* watch.timing('plainMs', callMore(run, calls));
  const tables = watch.time('snapshotMs', () =>
    withGraphOf(caller.addon, [caller], (graph) => tablesIn(graph, mark, 2 * calls)),
  );
  if (tables.length === 0) return { calls, growing: [] };
  const count = (): number[] =>
    watch.time('snapshotMs', () => tables.map(({ id }) => caller.addon.ownKeyCount(id)));
  const before = count();
  // A timer of this object may empty it.
  if (caller.kind === 'async') yield* watch.timing('plainMs', passTime(run));
  yield* watch.timing('plainMs', callMore(run, 2 * calls));
  const growing = count().map((entryCount, index): GrowingEntries => {
    const entriesPerCall = (entryCount - (before[index] ?? 0)) / (2 * calls);
    return { id: tables[index]?.id ?? 0, kind: 'Object', entryCount, entriesPerCall };
  });
  return {
    calls: 3 * calls,
    growing: growing.filter(({ entriesPerCall }, index) => {
      const perCallBefore = (before[index] ?? 0) / (2 * calls);
      return (
        entriesPerCall >= Math.max(FEWEST_OBJECTS_PER_CALL, perCallBefore * SAME_PACE)
      );
    }),
  };
}

function* callMore({ caller }: Run, calls: number): Steps<void> {
  yield* wait(caller.call(calls));
  yield* wait(caller.settle());
}

/** Who has a store that is younger than `mark` and may hold something of every second call. Largest first. */
function tablesIn(graph: HeapGraph, mark: number, calls: number): readonly HeapNode[] {
  return graph
    .grownStores(mark, MOST_STORES)
    .filter((store) => isOfObject(store) && store.storeBytes >= calls * BYTES_PER_CALL)
    .flatMap((store) => holderOf(store) ?? [])
    .slice(0, MOST_TABLES);
}

/** Entries of arrays are counted by a census. */
function isOfObject(store: GrownStore): boolean {
  const arrival = store.path.at(-1);
  return STORES.has(arrival?.edgeName ?? '') && holderOf(store)?.name !== 'Array';
}
