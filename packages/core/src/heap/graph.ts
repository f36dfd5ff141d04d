// One snapshot at a time, under the measuring slot.

import { errors } from '../errors.js';
import { type HeapGraph, type Native, native } from '../native.js';

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
  const addon = native();
  if (!addon.acquire()) throw errors.overlappingMeasurement();
  try {
    return withGraphOf(addon, except, body);
  } finally {
    addon.release();
  }
}

/** The same for somebody who has the slot. */
export function withGraphOf<T>(
  addon: Native,
  except: readonly object[],
  body: (graph: HeapGraph) => T,
): T {
  const graph = addon.captureHeap(except);
  try {
    return body(graph);
  } finally {
    graph.dispose();
  }
}
