// What survived, and what holds it, by a heap snapshot.

import { withGraphOf } from '../heap/graph.js';
import type { SurvivorPath } from '../heap/paths.js';
import type { Run } from '../measure/run.js';
import type { HeapGraph, SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { RetainerKind } from '../types.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import { type Explained, explained, NOTHING_EXPLAINED } from './explained.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';
import { largestThings, NO_LARGE_THINGS } from './large-things.js';
import { addUp, type GroupCounts, groupCounts, stillGrowing } from './second-look.js';
import { ask, type Suspects } from './suspects.js';
import { type Amount, amountOf, isCleared, isOnTimer } from './timers.js';

/** Of what the calls of a round would leave behind if all left the same. */
const SAME_PACE = 0.5;
/** More is not read by anybody, and each path takes time to read. */
const MOST_GROUPS = 8;

/** What a snapshot shows of the objects that are younger than the first mark. */
export interface Survivors extends Explained {
  /** The heap did not grow by what survived: nothing else was looked at. Ask again after more calls. */
  readonly doubtful?: GroupCounts;
  /** A timer may clear what survived: nothing else was looked at. Ask again after some time. */
  readonly isOnTimer?: boolean;
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
  // A census has begun a new age of ids.
  const inAllAges = collections.length > 0 ? [] : groupsOfAllAges(graph, aged);
  // Before anything takes the ids from the objects.
  if (earlier === undefined && !addUp(inAllAges, aged)) {
    return { ...NOTHING_EXPLAINED, doubtful: groupCounts(inAllAges) };
  }
  const groups = (
    earlier === undefined ? inAllAges : stillThere(inAllAges, earlier, aged.ageLengths)
  ).slice(0, MOST_GROUPS);
  // Only where no group explains the growth.
  const isLargestAsked = largestFrom !== undefined && groups.length === 0;
  const large = isLargestAsked ? largestThings(graph, aged.marks) : NO_LARGE_THINGS;
  const suspects: Suspects = { groups, collections, ...large };
  const asked = ask(suspects, graph);
  if (mayWait !== false && run.caller.kind === 'async') {
    // Before any path is read.
    const amount = amountOf(suspects);
    const isGone = typeof mayWait === 'object' && isCleared(amount, mayWait.since);
    if (!isGone && isOnTimer(asked))
      return { ...NOTHING_EXPLAINED, amount, isOnTimer: true };
  }
  return explained(asked, run, {
    turningMs: aged.roundsMs,
    largestFrom: largestFrom ?? 0,
    snapshotName: options.snapshotName,
  });
}

function groupsOfAllAges(
  graph: HeapGraph,
  { marks, ageLengths }: Aged,
): readonly SurvivorGroup[] {
  const fewest = Math.max(
    FEWEST_OBJECTS,
    Math.ceil(sum(ageLengths) * FEWEST_OBJECTS_PER_CALL),
  );
  return graph.survivors(marks, fewest).filter((group) => isOfAllAges(group, ageLengths));
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
