// What survived an observation, and what holds it, by a heap snapshot.

import { siteMatches } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import { withGraphOf } from '../heap/graph.js';
import { readPaths, type SurvivorPath, survivorPaths } from '../heap/paths.js';
import { writeHeapSnapshotFile } from '../heap/snapshot-file.js';
import type { Run } from '../measure/run.js';
import type { GrownStore, HeapClass, HeapGraph, SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { IgnoreRule, LeakCollection } from '../types.js';
import type { GrowingEntries } from './census.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';
import type { Observation } from './observe.js';

const MOST_STORES = 20;
/** Of what the calls of a half would leave behind. */
const SAME_PACE = 0.5;

/** What a snapshot shows of the objects that are younger than a mark. */
export interface Survivors {
  /** Most retained bytes first. */
  readonly groups: readonly SurvivorGroup[];
  /** Everything young, by class. */
  readonly classes: readonly HeapClass[];
  readonly collections: readonly LeakCollection[];
  /** Older objects with new room, but for those that a census counts. */
  readonly grownStores: readonly GrownStore[];
  /** Of the groups, in their order; none unless asked for. */
  readonly paths: readonly SurvivorPath[];
  readonly snapshotFile?: string;
}

/** Old and new members both: not the latest of what is replaced, nor a burst at the start. */
function isOfAllAges(
  { count, lateCount }: SurvivorGroup,
  { earlyShare }: Observation,
): boolean {
  const earlyCount = count - lateCount;
  return (
    earlyCount >= count * earlyShare * SAME_PACE &&
    lateCount >= count * (1 - earlyShare) * SAME_PACE
  );
}

function isCounted(className: string | undefined): boolean {
  return className !== undefined && ['Array', 'Map', 'Set'].includes(className);
}

function readCollections(
  collections: readonly GrowingEntries[],
  graph: HeapGraph,
): readonly LeakCollection[] {
  const raw = collections.map(({ id }) => graph.path(id) ?? []);
  const paths = readPaths(raw, graph);
  return collections.flatMap(({ kind, entriesPerCall, entryCount }, index) => {
    const path = paths[index];
    // What nothing holds is about to go.
    if (path === undefined || path.steps.length === 0) return [];
    return { kind, entriesPerCall, entryCount, path };
  });
}

/** What else to take from the snapshot while it is there. */
export interface SurvivorOptions {
  readonly withPaths: boolean;
  /** Growing collections to find the holders of. */
  readonly collections?: readonly GrowingEntries[];
  /** Writes the snapshot to a file of about this name, if anything survived. */
  readonly snapshotName?: string | undefined;
}

/** @param seen the observation that just ended */
export function takeSurvivors(
  { caller, settings }: Run,
  seen: Observation,
  { withPaths, collections = [], snapshotName }: SurvivorOptions,
): Survivors {
  const { mark, lateMark } = seen;
  const fewest = Math.max(
    FEWEST_OBJECTS,
    Math.ceil(sum(seen.lengths) * FEWEST_OBJECTS_PER_CALL),
  );
  // What the measurement itself refers to, it refers to through its caller.
  return withGraphOf(caller.addon, [caller], (graph) => {
    const classes = graph.classes(mark);
    const all = graph
      .survivors(mark, fewest, lateMark)
      .filter((group) => isOfAllAges(group, seen));
    const hasRules = settings.ignore.length > 0;
    const allPaths = withPaths || hasRules ? survivorPaths(all, graph) : [];
    const kept = all
      .map((group, index) => ({ group, path: allPaths[index] }))
      .filter(({ group, path }) => !isIgnored(group, path, settings.ignore));
    return {
      groups: kept.map(({ group }) => group),
      paths: kept.flatMap(({ path }) => path ?? []),
      classes,
      grownStores: graph
        .grownStores(mark, MOST_STORES)
        .filter(({ path, firstNew }) => !isCounted(path[firstNew - 1]?.node.name)),
      collections: readCollections(collections, graph),
      ...(snapshotName !== undefined &&
        kept.length + collections.length > 0 && {
          snapshotFile: writeHeapSnapshotFile(graph, process.cwd(), snapshotName),
        }),
    };
  });
}

function isIgnored(
  { type, name }: SurvivorGroup,
  path: SurvivorPath | undefined,
  rules: readonly IgnoreRule[],
): boolean {
  const site = {
    frames: [],
    className: classNameOf(type, name),
    retainers: (path?.steps ?? []).flatMap((step) => [step.name, step.held.name]),
  };
  return rules.some((rule) => siteMatches(rule, site));
}
