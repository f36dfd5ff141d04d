// What the kernel and the allocator say about this process: facts, never verdicts.

import { native } from './native.js';
import type { AllocatorStats, Available, ProcessMemory } from './types.js';

/**
 * Memory of the whole process, in bytes, as the kernel counts it. Each number that it does not offer says why.
 *
 * @throws HighwaterError `missing-addon`
 */
export function processMemory(): ProcessMemory {
  return native().processMemory();
}

/**
 * Sets `peakRssBytes` back to the RSS of now: for this process, and for everybody who asks it.
 *
 * @returns why it can't, or undefined
 * @throws HighwaterError `missing-addon`
 */
export function resetPeakRss(): { readonly unavailable: string } | undefined {
  return native().resetPeakRss();
}

/**
 * What `malloc` has from the system, and how much of it nobody uses.
 *
 * @throws HighwaterError `missing-addon`
 */
export function allocatorStats(): Available<AllocatorStats> {
  const stats = native().allocatorStats();
  if ('unavailable' in stats) return stats;
  const { freeBytes, arenaBytes } = stats;
  return { ...stats, fragmentation: arenaBytes === 0 ? 0 : freeBytes / arenaBytes };
}
