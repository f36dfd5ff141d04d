// One thing that explains the heap's growth alone: a text that is appended to, a list copied to be longer, an older
// table with new room.

import { classNameOf } from '../heap/classes.js';
import type { SurvivorPath } from '../heap/paths.js';
import type { GrownStore, HeapGraph, SurvivorGroup } from '../native.js';
import type { RetainerPath } from '../types.js';
import type { ReadSubjects } from './subjects.js';

/** At most one of each. */
export interface LargeThings {
  /** Younger than the first mark. */
  readonly largest: readonly SurvivorGroup[];
  /** Older. */
  readonly stores: readonly GrownStore[];
}

/** With all that only it holds; of an older one, its new room. */
export interface GrownThing {
  readonly className: string;
  readonly bytes: number;
  readonly path: RetainerPath;
}

export const NO_LARGE_THINGS: LargeThings = { largest: [], stores: [] };

export function largestThings(graph: HeapGraph, marks: readonly number[]): LargeThings {
  return {
    largest: graph.survivors(marks, 1).slice(0, 1),
    stores: graph.grownStores(marks[0] ?? 0, 1),
  };
}

/** Of the larger of the two. */
export function bytesOf({ largest, stores }: LargeThings): number {
  return Math.max(largest[0]?.retainedBytes ?? 0, stores[0]?.storeBytes ?? 0);
}

/** The larger of the two, if it has as many bytes and is held. */
export function grownThing(
  { largest, stores }: LargeThings,
  read: ReadSubjects<keyof LargeThings>,
  fewestBytes: number,
): GrownThing | undefined {
  const things = [
    ...largest.map((group, index) => toYoung(group, read.largest[index]?.path)),
    ...stores.map((store, index) => toRoom(store, read.stores[index]?.path)),
  ].filter((thing) => thing !== undefined);
  return things
    .filter(({ bytes }) => bytes >= fewestBytes)
    .sort((a, b) => b.bytes - a.bytes)[0];
}

function toYoung(
  { type, name, retainedBytes }: SurvivorGroup,
  path: SurvivorPath | undefined,
): GrownThing | undefined {
  return path && { className: classNameOf(type, name), bytes: retainedBytes, path };
}

/** The table's path ends with the table: who has it is what a reader knows. */
function toRoom(
  { storeBytes }: GrownStore,
  path: SurvivorPath | undefined,
): GrownThing | undefined {
  const holder = path?.steps.findLast(({ held }) => held.kind !== 'internal');
  return path && { className: holder?.held.name ?? '', bytes: storeBytes, path };
}
