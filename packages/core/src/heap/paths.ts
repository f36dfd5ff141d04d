// Paths of the addon, made readable: all of them in one go, because mapping to sources has a
// fixed cost.

import type { HeapStep, SurvivorGroup } from '../native.js';
import type { RetainerPath, RetainerStep } from '../types/retainers.js';
import { type InterpretedPath, interpretPath } from './interpret.js';
import { type PathSource, type PlaceSources, withPlaces } from './places.js';
import type { PlaceWorld } from './raw-path.js';

/** A {@link RetainerPath} that says where the new part of the heap begins. */
export interface SurvivorPath extends RetainerPath {
  /** Index of the first step that holds something new. What holds it is the step before, or the first's own reference. */
  readonly firstNew: number;
}

/** The paths in their order. To be called while the snapshot is there. */
export function readPaths(
  paths: readonly (readonly HeapStep[])[],
  graph: PathSource,
  sources?: PlaceSources,
): readonly RetainerPath[] {
  return withPlaces(
    paths,
    graph,
    (world) => paths.map((path) => withoutIndexes(interpretPath(path, world))),
    sources,
  );
}

/** The path of every group, in their order. To be called while the snapshot is there. */
export function survivorPaths(
  groups: readonly Pick<SurvivorGroup, 'path' | 'firstNew'>[],
  graph: PathSource,
  sources?: PlaceSources,
): readonly SurvivorPath[] {
  return withPlaces(
    groups.map(({ path }) => path),
    graph,
    (world) => groups.map(({ path, firstNew }) => beginning(path, firstNew, world)),
    sources,
  );
}

function beginning(
  path: readonly HeapStep[],
  firstNew: number,
  world: PlaceWorld,
): SurvivorPath {
  const read = interpretPath(path, world);
  const index = read.rawIndexes.findIndex((at) => at >= firstNew);
  return {
    ...withoutIndexes(read),
    firstNew: index < 0 ? Math.max(0, read.steps.length - 1) : index,
  };
}

/** Nothing but a variable of a function that is running has it: that goes away by itself. */
export function isOnStackOnly({ steps }: RetainerPath): boolean {
  return steps.length === 1 && steps[0]?.kind === 'stack';
}

/** V8 stores a global twice. */
export function isRepetition({ steps }: RetainerPath): boolean {
  return steps[0]?.kind === 'global' && steps[0].name === '';
}

function withoutIndexes({ steps, hiddenCount }: InterpretedPath): RetainerPath {
  return { steps: steps satisfies readonly RetainerStep[], hiddenCount };
}
