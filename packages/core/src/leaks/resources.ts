// Timers, sockets, file handles...: what Node keeps the process alive for.

import type { Frame, LeakResource } from '../types.js';
import { FEWEST_OBJECTS, FEWEST_OBJECTS_PER_CALL } from './growth.js';

/** Open resources by Node's name for their type. */
export type ResourceCounts = ReadonlyMap<string, number>;

/** A site makes a resource when it makes about as many objects. */
const SAME_RATE = 0.5;

/** What an open file is called that no handle stands for. */
export const FILE_DESCRIPTOR = 'FileDescriptor';

/** Where something is made. */
export interface MakingSite {
  readonly frames: readonly Frame[];
  readonly objectsPerCall: number;
}

/** By the user or a dependency. */
export function isWritten({ origin }: Frame): boolean {
  return origin === 'user' || origin === 'dependency';
}

/** What is open in this thread now. */
export function openResources(): ResourceCounts {
  const counts = new Map<string, number>();
  for (const type of process.getActiveResourcesInfo()) {
    counts.set(type, (counts.get(type) ?? 0) + 1);
  }
  return counts;
}

/** Types of which `calls` calls left more open; most first. */
export function resourceGrowth(
  before: ResourceCounts,
  after: ResourceCounts,
  calls: number,
): readonly LeakResource[] {
  return [...after]
    .map(([type, count]) => ({ type, grown: count - (before.get(type) ?? 0) }))
    .filter(
      ({ grown }) => grown >= Math.max(FEWEST_OBJECTS, calls * FEWEST_OBJECTS_PER_CALL),
    )
    .map(({ type, grown }) => ({ type, perCall: grown / calls }))
    .sort((a, b) => b.perCall - a.perCall);
}

/**
 * The callsite that makes a resource: below it Node runs a function of the resource's name.
 *
 * @param sites with Node's own frames
 */
export function creatorOf(
  { type, perCall }: Pick<LeakResource, 'type' | 'perCall'>,
  sites: readonly MakingSite[],
): readonly Frame[] | undefined {
  const name =
    type === FILE_DESCRIPTOR ? 'open' : type.replace(/(Wrap|WRAP)$/, '').toLowerCase();
  const made = sites.find(
    (site) =>
      site.objectsPerCall >= perCall * SAME_RATE &&
      site.frames.some(
        (frame) =>
          frame.origin === 'node' && frame.functionName.toLowerCase().includes(name),
      ),
  );
  const frames = made?.frames ?? [];
  const first = frames.findIndex(isWritten);
  return first < 0 ? undefined : frames.slice(first);
}
