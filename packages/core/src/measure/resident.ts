// Resident memory of the process around a measurement.

import type { Native } from '../native.js';
import type { Available, ResidentMemory } from '../types.js';

/** RSS before a measurement, its peak set back to it. */
export interface ResidentStart {
  readonly startBytes: Available<number>;
  readonly unavailable: string | undefined;
}

export function startResident(addon: Native): ResidentStart {
  const reset = addon.resetPeakRss();
  return {
    startBytes: addon.processMemory().rssBytes,
    unavailable: reset?.unavailable,
  };
}

/** The whole process: other threads and the runner are in it. */
export function resident(addon: Native, start: ResidentStart): Available<ResidentMemory> {
  const { rssBytes: endBytes, peakRssBytes: peakBytes } = addon.processMemory();
  const { startBytes, unavailable } = start;
  if (unavailable !== undefined) return { unavailable };
  if (typeof startBytes !== 'number') return startBytes;
  if (typeof peakBytes !== 'number') return peakBytes;
  if (typeof endBytes !== 'number') return endBytes;
  return { startBytes, peakBytes, endBytes };
}
