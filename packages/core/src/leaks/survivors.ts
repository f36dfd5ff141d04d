// What survived, and what holds it, by a heap snapshot.

import { withGraphOf } from '../heap/graph.js';
import type { SurvivorPath } from '../heap/paths.js';
import { writeHeapSnapshotFile } from '../heap/snapshot-file.js';
import type { Run } from '../measure/run.js';
import type { HeapGraph, SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { RetainerKind } from '../types.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';
import { type Kept, keep, type Suspects } from './kept.js';
import { bytesOf, largestThings, NO_LARGE_THINGS } from './large-things.js';
import { addUp, type GroupCounts, groupCounts, stillGrowing } from './second-look.js';
import { pendingCallsIn, readSubjects, type Subjects, wholePath } from './subjects.js';

/** Of what the calls of a round would leave behind if all left the same. */
const SAME_PACE = 0.5;
/** A timer that leaves more than this does not clear. */
const CLEARED_SHARE = 0.9;
/** More is not read by anybody, and each path takes time to read. */
const MOST_GROUPS = 8;

/** What a snapshot shows of the objects that are younger than the first mark. */
export interface Survivors extends Kept {
  /** The heap did not grow by what survived: nothing else was looked at. Ask again after more calls. */
  readonly doubtful?: GroupCounts;
  readonly amount: Amount;
  /** A timer may clear what survived: nothing else was looked at. Ask again after some time. */
  readonly isOnTimer?: boolean;
  readonly snapshotFile?: string;
}

/** How much there is that may be cleared. */
export interface Amount {
  /** Survivors of all ages. */
  readonly members: number;
  /** Of the largest thing, asked for where there are none. */
  readonly largestBytes: number;
}

/** What a look saw that did not add up. */
export interface EarlierLook {
  readonly counts: GroupCounts;
  /** All calls that were aged by then. */
  readonly calls: number;
}

/** What else to take from the snapshot while it is there. */
export interface SurvivorOptions {
  /** Growing collections to find the holders of. */
  readonly collections?: readonly GrowingEntries[];
  /** Find the largest thing, too, if it has as many bytes. */
  readonly largestFrom?: number | undefined;
  /** Writes the snapshot to a file of about this name, if anything survived. */
  readonly snapshotName?: string | undefined;
  /** Only what has gone on growing since then. */
  readonly earlier?: EarlierLook | undefined;
  /** Somebody may wait for timers. What has gone since an earlier wait is not waited for. */
  readonly mayWait?: boolean | { readonly since: Amount };
}

/** @param aged the calls that were just made */
export function takeSurvivors(run: Run, aged: Aged, options: SurvivorOptions): Survivors {
  const { caller } = run;
  // What the measurement itself refers to, it refers to through its caller.
  return withGraphOf(caller.addon, [caller], (graph) =>
    survivorsIn(graph, run, aged, options),
  );
}

function survivorsIn(
  graph: HeapGraph,
  run: Run,
  aged: Aged,
  options: SurvivorOptions,
): Survivors {
  const { earlier, largestFrom, collections = [], mayWait = false } = options;
  const inAllAges = groupsOfAllAges(graph, aged, collections.length > 0);
  // Before anything takes the ids from the objects.
  if (earlier === undefined && !addUp(inAllAges, aged)) {
    return { ...NOTHING, doubtful: groupCounts(inAllAges) };
  }
  const groups = (
    earlier === undefined ? inAllAges : stillThere(inAllAges, earlier, aged.ageLengths)
  ).slice(0, MOST_GROUPS);
  // Only where no group explains the growth.
  const isLargestAsked = largestFrom !== undefined && groups.length === 0;
  const large = isLargestAsked ? largestThings(graph, aged.marks) : NO_LARGE_THINGS;
  const suspects: Suspects = { groups, collections, ...large };
  const pendingCallsOf = pendingCallsIn(graph);
  const amount = amountOf(suspects);
  const isSync = run.caller.kind === 'sync';
  // Before any path is read.
  const isGone = typeof mayWait === 'object' && isCleared(amount, mayWait.since);
  if (mayWait !== false && !isSync && !isGone) {
    const isOnTimer = [...groups, ...large.largest, ...large.stores].some((suspect) =>
      pendingCallsOf(suspect).some(([waitsIn]) => waitsIn?.node.name === 'Timeout'),
    );
    if (isOnTimer) return { ...NOTHING, amount, isOnTimer };
  }
  const kept = keep(suspects, {
    read: readSubjects(subjectsOf(suspects, graph), graph, isSync && pendingCallsOf),
    rules: run.settings.ignore,
    roundsMs: isSync ? 0 : aged.roundsMs,
    isSync,
    largestFrom: largestFrom ?? 0,
  });
  const isAnything =
    kept.groups.length + collections.length > 0 || kept.largest !== undefined;
  const { snapshotName } = options;
  return {
    ...kept,
    amount,
    ...(snapshotName !== undefined &&
      isAnything && {
        snapshotFile: writeHeapSnapshotFile(graph, process.cwd(), snapshotName),
      }),
  };
}

/** @param isAfterCensus which has begun a new age of ids */
function groupsOfAllAges(
  graph: HeapGraph,
  { marks, ageLengths }: Aged,
  isAfterCensus: boolean,
): readonly SurvivorGroup[] {
  const fewest = Math.max(
    FEWEST_OBJECTS,
    Math.ceil(sum(ageLengths) * FEWEST_OBJECTS_PER_CALL),
  );
  return graph
    .survivors(isAfterCensus ? [] : marks, fewest)
    .filter((group) => isOfAllAges(group, ageLengths));
}

function amountOf({ groups, ...large }: Suspects): Amount {
  return {
    members: sum(groups.map(({ count }) => count)),
    largestBytes: bytesOf(large),
  };
}

function subjectsOf(
  { groups, collections, largest, stores }: Suspects,
  graph: HeapGraph,
): Subjects<keyof Suspects> {
  return {
    groups,
    collections: collections.map(({ id }) => wholePath(graph.path(id) ?? [])),
    largest,
    stores,
  };
}

const NOTHING: Survivors = {
  groups: [],
  paths: [],
  collections: [],
  hasOthers: false,
  isAwaited: false,
  amount: { members: 0, largestBytes: 0 },
};

/** No objects are left, and nothing else is that was there before. */
export function isCleared(amount: Amount, before: Amount): boolean {
  if (amount.members > 0) return false;
  const isLess = amount.largestBytes < before.largestBytes * CLEARED_SHARE;
  return before.members > 0 || isLess;
}

function stillThere(
  groups: readonly SurvivorGroup[],
  { counts, calls }: EarlierLook,
  ageLengths: readonly number[],
): readonly SurvivorGroup[] {
  return stillGrowing(groups, counts, calls, sum(ageLengths) - calls);
}

/** Members from every round: neither the latest of what is replaced, nor a burst. */
function isOfAllAges(
  { count, counts }: SurvivorGroup,
  lengths: readonly number[],
): boolean {
  const perCall = count / sum(lengths);
  return counts.every(
    // A slow leak may miss a short round.
    (made, round) => made >= Math.floor((lengths[round] ?? 0) * perCall * SAME_PACE),
  );
}

const ENDLESS: ReadonlySet<RetainerKind> = new Set([
  'listener',
  'timer',
  'reaction',
  'chained-promise',
  'await',
]);

/** Caches fill and then stop; nobody caches listeners, timers or what waits for a promise. */
export function neverStops({ steps, firstNew }: SurvivorPath): boolean {
  return steps.slice(firstNew, firstNew + 1).some(({ kind }) => ENDLESS.has(kind));
}
