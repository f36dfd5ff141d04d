// One snapshot at a time, under the measuring slot.

import { errors } from '../errors.js';
import { type HeapGraph, type Native, native } from '../native.js';
import { loadPackages } from '../on-demand.js';
import { snapshotLimitMs, throwTooLarge } from './snapshot-limit.js';

/**
 * Takes the slot and a snapshot, and lets go of both when `body` returns. Who asks for a snapshot gets it, however
 * long it takes.
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
    return withGraphOf(addon, except, body, Number.POSITIVE_INFINITY);
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

/**
 * The same for somebody who has the slot, and can do without a snapshot that takes V8 too long: all objects have lost
 * their ids then.
 *
 * @throws HighwaterError `snapshot-too-large`
 */
export function withGraphOf<T>(
  addon: Native,
  except: readonly object[],
  body: (graph: HeapGraph) => T,
  mostMs: number = snapshotLimitMs(),
): T {
  const graph = addon.captureHeap(
    [...except, ...ownGlobals()],
    Number.isFinite(mostMs) ? mostMs : 0,
  );
  if (!('dispose' in graph)) throwTooLarge(graph, mostMs);
  try {
    return body(graph);
  } finally {
    graph.dispose();
  }
}
