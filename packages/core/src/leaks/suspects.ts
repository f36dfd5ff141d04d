// What may have grown, before anybody has asked what holds it.

import type { HeapGraph, SurvivorGroup } from '../native.js';
import type { GrowingEntries } from './census.js';
import type { LargeThings } from './large-things.js';
import {
  type PendingCallsOf,
  pendingCallsIn,
  type Subjects,
  wholePath,
} from './subjects.js';

export interface Suspects extends LargeThings {
  readonly groups: readonly SurvivorGroup[];
  readonly collections: readonly GrowingEntries[];
}

/** With what their snapshot is to be asked about them. */
export interface Asked {
  readonly suspects: Suspects;
  readonly subjects: Subjects<keyof Suspects>;
  readonly pendingCallsOf: PendingCallsOf;
  readonly graph: HeapGraph;
}

export function ask(suspects: Suspects, graph: HeapGraph): Asked {
  const { groups, collections, largest, stores } = suspects;
  const subjects = {
    groups,
    collections: collections.map(({ id }) => wholePath(graph.path(id) ?? [])),
    largest,
    stores,
  };
  return { suspects, subjects, pendingCallsOf: pendingCallsIn(graph), graph };
}
