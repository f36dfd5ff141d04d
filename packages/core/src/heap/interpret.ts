// From V8's references to those that a person wrote. V8 keeps a Map's entries in a `table`, a
// variable in a `Context` that closures refer to, a timer in lists of Node; here each of
// these chains becomes one step. What is not known stays as V8 calls it.

import type { HeapNode, HeapStep } from '../native.js';
import type { HeapThing, RetainerPath, RetainerStep } from '../types/retainers.js';
import { isModuleFile, namedModules } from './modules.js';
import { functionAt, type Match, type PlaceWorld, RawPath } from './raw-path.js';
import { asProcess } from './rules/roots.js';
import { matchAt } from './rules.js';
import { thingOf } from './things.js';

/** A path with the number of V8's references that each step stands for. */
export interface InterpretedPath extends RetainerPath {
  /** By step: the index of its `held` in the raw path. */
  readonly rawIndexes: readonly number[];
}

/** @param steps root first, at least the root and the object */
export function interpretPath(
  steps: readonly HeapStep[],
  world: PlaceWorld,
): InterpretedPath {
  const raw = new RawPath(steps);
  const matches: Match[] = [];
  for (let at = raw.firstBelowRoots; at < steps.length; ) {
    const match = matchAt(raw, at, world);
    matches.push(asProcess(match, raw));
    at = match.at + 1;
  }
  const start = startOf(matches, raw, world);
  const shown = namedModules(matches.slice(start), raw);
  return {
    steps: shown.map((match) => toStep(match, raw, world)),
    hiddenCount: start,
    rawIndexes: shown.map(({ at }) => at),
  };
}

function startOf(matches: readonly Match[], raw: RawPath, world: PlaceWorld): number {
  const last = matches.findLastIndex(
    (match, index) =>
      match.isForGood === true ||
      match.isModuleLevel === true ||
      isModuleFile(match, raw, matches[index + 1]) ||
      (match.isWaiting === true && isBelowHarness(raw, match.at, world)) ||
      (match.kind === 'variable' && isGivenToHarness(matches[index - 1], raw, world)),
  );
  return Math.max(0, last);
}

/** A function of the user's that the runner or the matcher has in a variable: the one under test. */
function isGivenToHarness(
  holder: Match | undefined,
  raw: RawPath,
  world: PlaceWorld,
): boolean {
  const given = holder?.kind === 'variable' ? functionAt(raw, holder.at) : undefined;
  if (given === undefined || world.isOfHarness(given)) return false;
  return isBelowHarness(raw, holder?.at ?? 0, world);
}

/** The function that waits is a test: the runner and the matcher wait for it, or it for them. */
function isBelowHarness(raw: RawPath, at: number, world: PlaceWorld): boolean {
  for (let above = at - 1; above >= 0; above--) {
    const fn = functionAt(raw, above);
    if (fn !== undefined && world.isOfHarness(fn)) return true;
  }
  return false;
}

function toStep(match: Match, raw: RawPath, world: PlaceWorld): RetainerStep {
  const { kind, name = '', at, keyAt = at, place, seenBy, timer, variable } = match;
  const key = raw.key(keyAt);
  return {
    kind,
    name,
    held: placedThing(raw.node(at) as HeapNode, world),
    ...(key && { key: placedThing(key, world) }),
    ...(place && { place }),
    ...(kind === 'variable' && { isModuleLevel: match.isModuleLevel === true }),
    ...(seenBy !== undefined && { seenBy }),
    ...(timer && {
      durationMs: timer.durationMs,
      isRepeated: timer.isRepeated,
      ...(timer.callback && { callback: placedThing(timer.callback, world) }),
    }),
    ...(variable && { variable }),
  };
}

function placedThing(node: HeapNode, world: PlaceWorld): HeapThing {
  return thingOf(node, world.placeOf(node));
}
