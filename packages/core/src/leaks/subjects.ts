// What is to be explained: what holds it, and which call that waits for a turn sees it.

import { type SurvivorPath, survivorPaths } from '../heap/paths.js';
import type { HeapGraph, HeapStep, SurvivorGroup } from '../native.js';
import { holderOf } from './holder.js';
import { isSoonCalled } from './waiting.js';

/** What a path is read of, and where on it the new part of the heap begins. */
export type Subject = Pick<SurvivorGroup, 'path' | 'firstNew'>;

/** By what they are. */
export type Subjects<Kind extends string> = Readonly<Record<Kind, readonly Subject[]>>;

/** In the order of the subjects. */
export type ReadSubjects<Kind extends string> = Readonly<
  Record<Kind, readonly ReadSubject[]>
>;

export interface ReadSubject {
  readonly path: SurvivorPath | undefined;
  /** A function sees it that a turn of the event loop will call. */
  readonly isAwaited: boolean;
}

export const UNREAD: ReadSubject = { path: undefined, isAwaited: false };

type PendingCalls = ReturnType<HeapGraph['pendingCalls']>;
export type PendingCallsOf = (subject: Subject) => PendingCalls;

export function wholePath(path: readonly HeapStep[]): Subject {
  return { path, firstNew: path.length };
}

/** The calls that see what holds a subject. Many subjects have one holder: it is asked for once. */
export function pendingCallsIn(graph: HeapGraph): PendingCallsOf {
  const byHolder = new Map<number, PendingCalls>();
  return (subject) => {
    const holder = holderOf(subject);
    if (holder === undefined) return [];
    const calls = byHolder.get(holder.id) ?? graph.pendingCalls(holder.id);
    byHolder.set(holder.id, calls);
    return calls;
  };
}

/**
 * All at once and last: reading where functions are takes the ids from all objects.
 *
 * @param pendingCallsOf false where turns of the event loop have passed
 */
export function readSubjects<Kind extends string>(
  subjects: Subjects<Kind>,
  graph: HeapGraph,
  pendingCallsOf: PendingCallsOf | false,
): ReadSubjects<Kind> {
  const kinds = Object.keys(subjects) as Kind[];
  const all = kinds.flatMap((kind) =>
    subjects[kind].map((subject) => ({ kind, subject })),
  );
  const pending = all.flatMap(({ subject }, index) =>
    (pendingCallsOf ? pendingCallsOf(subject) : []).map((path) => ({
      index,
      ...wholePath(path),
    })),
  );
  const paths = survivorPaths([...all.map(({ subject }) => subject), ...pending], graph);
  const calls = paths.slice(all.length);
  const awaited = new Set(
    pending
      .filter(({ path: [waitsIn] }, at) => isSoonCalled(waitsIn?.node, calls[at]))
      .map(({ index }) => index),
  );
  const read = all.map(({ kind }, index) => ({
    kind,
    path: paths[index],
    isAwaited: awaited.has(index),
  }));
  const entries = kinds.map((kind) => [kind, read.filter((one) => one.kind === kind)]);
  return Object.fromEntries(entries) as ReadSubjects<Kind>;
}
