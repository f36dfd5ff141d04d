// What survived, and what holds it, by a heap snapshot.

import { siteMatches } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import { withGraphOf } from '../heap/graph.js';
import { type SurvivorPath, survivorPaths } from '../heap/paths.js';
import { writeHeapSnapshotFile } from '../heap/snapshot-file.js';
import type { Run } from '../measure/run.js';
import type { GrownStore, HeapGraph, HeapStep, SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { IgnoreRule, LeakCollection, RetainerKind, RetainerPath } from '../types.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';
import { holderOf } from './holder.js';
import { addUp, type GroupCounts, groupCounts, stillGrowing } from './second-look.js';
import { isPending, isSoonCalled, isWaiting } from './waiting.js';

/** Of what the calls of a round would leave behind if all left the same. */
const SAME_PACE = 0.5;
/** A timer that leaves more than this does not clear. */
const CLEARED_SHARE = 0.9;
/** More is not read by anybody, and each path takes time to read. */
const MOST_GROUPS = 8;

/** What a snapshot shows of the objects that are younger than the first mark. */
export interface Survivors {
  /** Of all ages. Most retained bytes first. */
  readonly groups: readonly SurvivorGroup[];
  /** Of the groups, in their order. */
  readonly paths: readonly SurvivorPath[];
  readonly collections: readonly LeakCollection[];
  /** The largest young thing, or older one with new room, if asked for, large enough, and there are no groups. */
  readonly largest?: GrownThing;
  /** Something else survived, but it is ignored, or waits for an event-loop turn. */
  readonly hasOthers: boolean;
  /** All of it may go with the next event-loop turn, which a sync function does not let pass: a function sees it that waits for one. */
  readonly isAwaited: boolean;
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

/** With all that only it holds; of an older one, its new room. */
export interface GrownThing {
  readonly className: string;
  readonly bytes: number;
  readonly path: RetainerPath;
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
export function takeSurvivors(
  { caller, settings }: Run,
  aged: Aged,
  {
    collections = [],
    largestFrom,
    snapshotName,
    earlier,
    mayWait = false,
  }: SurvivorOptions,
): Survivors {
  const { marks, roundsMs, ageLengths } = aged;
  const fewest = Math.max(
    FEWEST_OBJECTS,
    Math.ceil(sum(ageLengths) * FEWEST_OBJECTS_PER_CALL),
  );
  // What the measurement itself refers to, it refers to through its caller.
  return withGraphOf(caller.addon, [caller], (graph) => {
    // A census has begun a new age of ids.
    const ages = collections.length > 0 ? [] : marks;
    const inAllAges = graph
      .survivors(ages, fewest)
      .filter((group) => isOfAllAges(group, ageLengths));
    // Before anything takes the ids from the objects.
    if (earlier === undefined && !addUp(inAllAges, aged)) {
      return { ...NOTHING, doubtful: groupCounts(inAllAges) };
    }
    const ofAllAges = (
      earlier === undefined ? inAllAges : stillThere(inAllAges, earlier, ageLengths)
    ).slice(0, MOST_GROUPS);
    // Only where no group explains the growth.
    const isLargestAsked = largestFrom !== undefined && ofAllAges.length === 0;
    const largest = isLargestAsked ? graph.survivors(marks, 1).slice(0, 1) : [];
    const stores = isLargestAsked ? graph.grownStores(marks[0] ?? 0, 1) : [];
    const [store] = stores;
    const amount: Amount = {
      members: sum(ofAllAges.map(({ count }) => count)),
      largestBytes: Math.max(largest[0]?.retainedBytes ?? 0, store?.storeBytes ?? 0),
    };
    const isSync = caller.kind === 'sync';
    // Before any path is read.
    const isGone = typeof mayWait === 'object' && isCleared(amount, mayWait.since);
    if (mayWait !== false && !isSync && !isGone) {
      const suspects: readonly Subject[] = [...ofAllAges, ...largest, ...stores];
      const isOnTimer = suspects.some((suspect) => isSeenByTimer(suspect, graph));
      if (isOnTimer) return { ...NOTHING, amount, isOnTimer };
    }
    const subjects = [
      ...ofAllAges,
      ...collections.map(({ id }) => wholePath(graph.path(id) ?? [])),
      ...largest,
      ...stores,
    ];
    const { paths, awaited } = readSubjects(subjects, graph, isSync);
    const isLeftOut = (
      { type, name }: SurvivorGroup,
      path: SurvivorPath | undefined,
      turningMs: number,
    ): boolean =>
      isIgnored(classNameOf(type, name), path, settings.ignore) ||
      (isSync && isWaiting(path)) ||
      isPending(path, isSync ? 0 : turningMs);
    const known = ofAllAges
      .map((group, index) => ({
        group,
        path: paths[index],
        isAwaited: awaited.has(index),
      }))
      .filter(({ group, path }) => !isLeftOut(group, path, roundsMs));
    const grown = collections
      .flatMap((collection, index) => {
        const at = ofAllAges.length + index;
        const isAwaited = awaited.has(at);
        return toCollection(collection, paths[at]).map((shown) => ({ shown, isAwaited }));
      })
      .filter(({ shown }) => !isIgnored(shown.kind, shown.path, settings.ignore));
    const isDecided = [...known, ...grown].some(({ isAwaited }) => !isAwaited);
    const kept = known.filter(({ isAwaited }) => !(isDecided && isAwaited));
    const largestAt = ofAllAges.length + collections.length;
    // Younger than the oldest age: no timer of it has had the time to be set again.
    const isLargestLeftOut = largest.some((group) =>
      isLeftOut(group, paths[largestAt], 0),
    );
    const shown = [
      ...largest.map((group) => grownThing(group, paths[largestAt])),
      ...stores.map((room) => grownRoom(room, paths.at(-1))),
    ]
      .filter((thing) => thing !== undefined && thing.bytes >= (largestFrom ?? 0))
      .sort((a, b) => (b?.bytes ?? 0) - (a?.bytes ?? 0));
    return {
      groups: kept.map(({ group }) => group),
      paths: kept.flatMap(({ path }) => path ?? []),
      collections: grown
        .filter(({ isAwaited }) => !(isDecided && isAwaited))
        .map(({ shown }) => shown),
      ...(shown[0] && { largest: shown[0] }),
      hasOthers: known.length < ofAllAges.length || isLargestLeftOut,
      isAwaited: !isDecided && awaited.size > 0,
      amount,
      ...(snapshotName !== undefined &&
        kept.length + collections.length + shown.length > 0 && {
          snapshotFile: writeHeapSnapshotFile(graph, process.cwd(), snapshotName),
        }),
    };
  });
}

function grownThing(
  { type, name, retainedBytes }: SurvivorGroup,
  path: SurvivorPath | undefined,
): GrownThing | undefined {
  return path && { className: classNameOf(type, name), bytes: retainedBytes, path };
}

/** The table's path ends with the table: who has it is what a reader knows. */
function grownRoom(
  { storeBytes }: GrownStore,
  path: SurvivorPath | undefined,
): GrownThing | undefined {
  const holder = path?.steps.findLast(({ held }) => held.kind !== 'internal');
  return path && { className: holder?.held.name ?? '', bytes: storeBytes, path };
}

function isSeenByTimer(group: Subject, graph: HeapGraph): boolean {
  return pendingCallsOf(group, graph).some(
    ([waitsIn]) => waitsIn?.node.name === 'Timeout',
  );
}

function pendingCallsOf(
  subject: Subject,
  graph: HeapGraph,
): ReturnType<HeapGraph['pendingCalls']> {
  const holder = holderOf(subject);
  return holder === undefined ? [] : graph.pendingCalls(holder.id);
}

/** What a path is read of, and where on it the new part of the heap begins. */
type Subject = Pick<SurvivorGroup, 'path' | 'firstNew'>;

function wholePath(path: readonly HeapStep[]): Subject {
  return { path, firstNew: path.length };
}

/**
 * All at once and last: reading where functions are takes the ids from all objects.
 *
 * @returns also which of them something sees that a turn of the event loop will call, if `isSync`
 */
function readSubjects(
  subjects: readonly Subject[],
  graph: HeapGraph,
  isSync: boolean,
): { readonly paths: readonly SurvivorPath[]; readonly awaited: ReadonlySet<number> } {
  const pending = (isSync ? subjects : []).flatMap((subject, index) =>
    pendingCallsOf(subject, graph).map((path) => ({ index, ...wholePath(path) })),
  );
  const read = survivorPaths([...subjects, ...pending], graph);
  const calls = read.slice(subjects.length);
  return {
    paths: read.slice(0, subjects.length),
    awaited: new Set(
      pending.flatMap(({ index, path: [waitsIn] }, at) =>
        isSoonCalled(waitsIn?.node, calls[at]) ? [index] : [],
      ),
    ),
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

function isIgnored(
  className: string,
  path: RetainerPath | undefined,
  rules: readonly IgnoreRule[],
): boolean {
  const site = {
    frames: [],
    className,
    retainers: (path?.steps ?? []).flatMap((step) => [step.name, step.held.name]),
  };
  return rules.some((rule) => siteMatches(rule, site));
}

function toCollection(
  { kind, entriesPerCall, entryCount }: GrowingEntries,
  path: SurvivorPath | undefined,
): readonly LeakCollection[] {
  // What nothing holds is about to go.
  if (path === undefined || path.steps.length === 0) return [];
  return [{ kind, entriesPerCall, entryCount, path }];
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
