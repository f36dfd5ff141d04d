// Which of the suspects remain, now that it is known what holds them.

import { siteMatches } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import type { SurvivorPath } from '../heap/paths.js';
import { writeHeapSnapshotFile } from '../heap/snapshot-file.js';
import type { Run } from '../measure/run.js';
import type { SurvivorGroup } from '../native.js';
import type { IgnoreRule, LeakCollection, RetainerPath } from '../types.js';
import type { GrowingEntries } from './census.js';
import { type ClosingHandles, closingIn } from './closing.js';
import { type GrownThing, grownThing } from './large-things.js';
import { type ReadSubjects, readSubjects, UNREAD } from './subjects.js';
import type { Asked, Suspects } from './suspects.js';
import { type Amount, amountOf, NO_AMOUNT } from './timers.js';
import { isPending, isWaiting } from './waiting.js';

/** What remains of them, and why. */
export interface Explained {
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
  readonly amount: Amount;
  readonly snapshotFile?: string;
}

export const NOTHING_EXPLAINED: Explained = {
  groups: [],
  paths: [],
  collections: [],
  hasOthers: false,
  isAwaited: false,
  amount: NO_AMOUNT,
};

export interface ExplainOptions {
  /** For how long every timer of the oldest age has had its turns, if turns have passed. */
  readonly turningMs: number;
  readonly largestFrom: number;
  /** Writes the snapshot to a file of about this name, if anything remains. */
  readonly snapshotName: string | undefined;
}

/** Reads what holds them, which takes the ids from all objects. */
export function explained(
  { suspects, subjects, pendingCallsOf, graph }: Asked,
  { caller, settings }: Run,
  { turningMs, largestFrom, snapshotName }: ExplainOptions,
): Explained {
  const isSync = caller.kind === 'sync';
  const closing = isSync ? caller.addon.closingHandles() : {};
  const kept = keep(suspects, {
    read: readSubjects(subjects, graph, isSync && pendingCallsOf),
    rules: settings.ignore,
    turningMs: isSync ? 0 : turningMs,
    isSync,
    closing,
    largestFrom,
  });
  const isAnything =
    kept.groups.length + kept.collections.length > 0 || kept.largest !== undefined;
  return {
    ...kept,
    amount: amountOf(suspects),
    ...(snapshotName !== undefined &&
      isAnything && {
        snapshotFile: writeHeapSnapshotFile(graph, process.cwd(), snapshotName),
      }),
  };
}

interface KeepOptions {
  readonly read: ReadSubjects<keyof Suspects>;
  readonly rules: readonly IgnoreRule[];
  readonly turningMs: number;
  readonly isSync: boolean;
  readonly closing: ClosingHandles;
  readonly largestFrom: number;
}

/** Neither what the user ignores nor what waits for a turn; what may wait only if nothing else is left. */
function keep(
  { groups, collections, largest, stores }: Suspects,
  { read, rules, turningMs, isSync, closing, largestFrom }: KeepOptions,
): Omit<Explained, 'amount' | 'snapshotFile'> {
  const isLeftOut = (
    { type, name }: SurvivorGroup,
    path: SurvivorPath | undefined,
    ownTurningMs: number,
  ): boolean =>
    isIgnored(classNameOf(type, name), path, rules) ||
    (isSync && isWaiting(path)) ||
    isPending(path, ownTurningMs);
  const all = groups.map((group, index) => ({
    group,
    ...(read.groups[index] ?? UNREAD),
  }));
  const isClosing = closingIn(all, closing);
  const known = all.filter(
    (one) => !isLeftOut(one.group, one.path, turningMs) && !isClosing(one),
  );
  const grown = collections
    .flatMap((collection, index) => {
      const { path, isAwaited } = read.collections[index] ?? UNREAD;
      return toCollection(collection, path).map((shown) => ({ shown, isAwaited }));
    })
    .filter(({ shown }) => !isIgnored(shown.kind, shown.path, rules));
  const [largestPath] = read.largest;
  // Younger than the oldest age: no timer of it has had the time to be set again.
  const isLargestLeftOut = largest.some((group) =>
    isLeftOut(group, largestPath?.path, 0),
  );
  const thing = grownThing({ largest, stores }, read, largestFrom);
  const isThingIgnored =
    thing !== undefined && isIgnored(thing.className, thing.path, rules);
  const isDecided = [...known, ...grown].some(({ isAwaited }) => !isAwaited);
  const isAsDecided = (found: { readonly isAwaited: boolean }): boolean =>
    !(isDecided && found.isAwaited);
  const kept = known.filter(isAsDecided);
  return {
    groups: kept.map(({ group }) => group),
    paths: kept.flatMap(({ path }) => path ?? []),
    collections: grown.filter(isAsDecided).map(({ shown }) => shown),
    ...(thing && !isThingIgnored && { largest: thing }),
    hasOthers: known.length < groups.length || isLargestLeftOut || isThingIgnored,
    isAwaited:
      !isDecided &&
      Object.values(read)
        .flat()
        .some(({ isAwaited }) => isAwaited),
  };
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
