// One snapshot at a time, under the measuring slot.

import { errors } from '../errors.js';
import { type HeapGraph, type Native, native } from '../native.js';
import { loadPackages } from '../on-demand.js';

/**
 * Takes the slot and a snapshot, and lets go of both when `body` returns.
 *
 * @param except what is only found through these objects is not held
 * @throws HighwaterError `overlapping-measurement`, `missing-addon`
 */
export function withHeapGraph<T>(
  except: readonly object[],
  body: (graph: HeapGraph) => T,
): T {
  loadPackages();
  const addon = native();
  if (!addon.acquire()) throw errors.overlappingMeasurement();
  try {
    return withGraphOf(addon, except, body);
  } finally {
    addon.release();
  }
}

// What several copies of highwater share lies under symbols of this name; whose test is under way, for one.
const OWN = 'highwater.';

/** What a user's objects must not seem to be held by. */
function ownGlobals(): readonly object[] {
  return Object.getOwnPropertySymbols(globalThis)
    .filter((symbol) => symbol.description?.startsWith(OWN))
    .map((symbol) => (globalThis as Record<symbol, unknown>)[symbol])
    .filter((value) => typeof value === 'object' && value !== null);
}

/** The same for somebody who has the slot. */
export function withGraphOf<T>(
  addon: Native,
  except: readonly object[],
  body: (graph: HeapGraph) => T,
): T {
  const graph = addon.captureHeap([...except, ...ownGlobals()]);
  try {
    return body(graph);
  } finally {
    graph.dispose();
  }
}
