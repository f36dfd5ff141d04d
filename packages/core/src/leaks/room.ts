// How much a function may leave behind while it is watched: no process is to run out of memory for
// a verdict.

import { getHeapStatistics } from 'node:v8';

/** No cache takes more to fill: what has left this much behind, and still does, is none. */
export const CACHE_BYTES = 256_000_000;
/** Of what V8 still grants. */
const HEAP_SHARE = 0.25;

/** Bytes that may be left behind from now on. */
export function roomBytes(): number {
  const { heap_size_limit, used_heap_size } = getHeapStatistics();
  return Math.min(
    CACHE_BYTES,
    Math.max(0, heap_size_limit - used_heap_size) * HEAP_SHARE,
  );
}

/** Calls that leave no more than `bytes`, when each leaves `bytesPerCall`. */
export function callsWithin(bytes: number, bytesPerCall: number): number {
  return bytesPerCall > 0 ? Math.floor(bytes / bytesPerCall) : Number.POSITIVE_INFINITY;
}
