// What survived, and what holds it, by a heap snapshot.

import { siteMatches } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import { withGraphOf } from '../heap/graph.js';
import { type SurvivorPath, survivorPaths } from '../heap/paths.js';
import { writeHeapSnapshotFile } from '../heap/snapshot-file.js';
import type { Run } from '../measure/run.js';
import type { SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { IgnoreRule, LeakCollection, RetainerKind, RetainerPath } from '../types.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';
import { addUp, type GroupCounts, groupCounts, stillGrowing } from './second-look.js';

/** Of what the calls of a round would leave behind if all left the same. */
const SAME_PACE = 0.5;
/** Of `process.nextTick` and `setImmediate`. */
const TICK_QUEUES: ReadonlySet<string> = new Set([
  'FixedQueue',
  'FixedCircularBuffer',
  'ImmediateList',
]);
/** Of a timer: nobody needs to clear what is over within a second. */
const SOON_MS = 1_000;
/** Timers count whole milliseconds, from the last time the loop has read. */
const TIMER_ROUNDING_MS = 2;
/** More is not read by anybody, and each path takes time to read. */
const MOST_GROUPS = 8;

/** What a snapshot shows of the objects that are younger than the first mark. */
export interface Survivors {
  /** Of all ages. Most retained bytes first. */
  readonly groups: readonly SurvivorGroup[];
  /** Of the groups, in their order. */
  readonly paths: readonly SurvivorPath[];
  readonly collections: readonly LeakCollection[];
  /**
   * Of the largest young thing, or new room of an older one, with all that only it holds; 0 if not asked for, or
   * where there are groups.
   */
  readonly largestBytes: number;
  /** Something else survived, but it is ignored, or waits for an event-loop turn. */
  readonly hasOthers: boolean;
  /** The heap did not grow by what survived: nothing else was looked at. Ask again after more calls. */
  readonly doubtful?: GroupCounts;
  readonly snapshotFile?: string;
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
  /** Find the largest thing, too. */
  readonly withLargest?: boolean;
  /** Writes the snapshot to a file of about this name, if anything survived. */
  readonly snapshotName?: string | undefined;
  /** Only what has gone on growing since then. */
  readonly earlier?: EarlierLook | undefined;
}

/** @param aged the calls that were just made */
export function takeSurvivors(
  { caller, settings }: Run,
  aged: Aged,
  { collections = [], withLargest = false, snapshotName, earlier }: SurvivorOptions,
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
    // Only where no group explains the growth, and before its path is read.
    const isLargestAsked = withLargest && ofAllAges.length === 0;
    const largest = isLargestAsked ? graph.survivors(marks, 1).slice(0, 1) : [];
    const [store] = isLargestAsked ? graph.grownStores(marks[0] ?? 0, 1) : [];
    const held = collections.map((collection) => ({
      collection,
      path: graph.path(collection.id) ?? [],
    }));
    // All at once and last: reading where functions are takes the ids from all objects.
    const paths = survivorPaths(
      [
        ...ofAllAges,
        ...held.map(({ path }) => ({ path, firstNew: path.length })),
        ...largest,
      ],
      graph,
    );
    const isLeftOut = (
      { type, name }: SurvivorGroup,
      path: SurvivorPath | undefined,
      turningMs: number,
    ): boolean =>
      isIgnored(classNameOf(type, name), path, settings.ignore) ||
      (caller.kind === 'sync' && isWaiting(path)) ||
      isPending(path, caller.kind === 'sync' ? 0 : turningMs);
    const kept = ofAllAges
      .map((group, index) => ({ group, path: paths[index] }))
      .filter(({ group, path }) => !isLeftOut(group, path, roundsMs));
    // Younger than the oldest age: no timer of it has had the time to be set again.
    const isLargestLeftOut = largest.some((group) => isLeftOut(group, paths.at(-1), 0));
    return {
      groups: kept.map(({ group }) => group),
      paths: kept.flatMap(({ path }) => path ?? []),
      collections: collections
        .flatMap((collection, index) =>
          toCollection(collection, paths[ofAllAges.length + index]),
        )
        .filter(({ kind, path }) => !isIgnored(kind, path, settings.ignore)),
      largestBytes: Math.max(largest[0]?.retainedBytes ?? 0, store?.storeBytes ?? 0),
      hasOthers: kept.length < ofAllAges.length || isLargestLeftOut,
      ...(snapshotName !== undefined &&
        kept.length + collections.length > 0 && {
          snapshotFile: writeHeapSnapshotFile(graph, process.cwd(), snapshotName),
        }),
    };
  });
}

const NOTHING: Survivors = {
  groups: [],
  paths: [],
  collections: [],
  largestBytes: 0,
  hasOthers: false,
};

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

/**
 * A timer that fires once and soon lets go by itself. One that was due and is still there has been set again.
 *
 * @param turningMs for how long every timer of the oldest age has had its turns
 */
function isPending(path: SurvivorPath | undefined, turningMs: number): boolean {
  const step = path?.steps[path.firstNew];
  if (step?.kind !== 'timer' || step.isRepeated === true) return false;
  const { durationMs = Number.POSITIVE_INFINITY } = step;
  return durationMs <= SOON_MS && durationMs > turningMs - TIMER_ROUNDING_MS;
}

/** No turn passes while a sync function is called: finalizers and immediates have no chance. */
function isWaiting(path: SurvivorPath | undefined): boolean {
  if (path === undefined) return false;
  // Not further up: what waits may refer to what lives for good.
  const nearest = path.steps.slice(Math.max(0, path.firstNew - 3), path.firstNew + 1);
  return nearest.some(
    ({ kind, name, held }) =>
      (kind === 'finalizer' && name === 'due') ||
      (kind === 'timer' && name === 'Immediate') ||
      TICK_QUEUES.has(held.name),
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
