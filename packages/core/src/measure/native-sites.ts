// Pass: which lines ask for native memory.

import { nativeStacksAt } from '../callsites/native-stacks.js';
import {
  callsiteSeries,
  mapSites,
  type SelectOptions,
  siteWithoutStack,
} from '../callsites.js';
import type { NativeProfile, Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type { NativeCallsite } from '../types.js';
import { STACK_DEPTH } from './caller.js';
import { type Steps, wait } from './flow.js';
import { recordingNames } from './native-recording.js';
import type { Run } from './run.js';

/** Calls over which survivors are counted. */
const CALLS = 4;

/** The result of the pass. */
export interface NativeSites {
  /** Found when first asked for: mapping them to sources takes time. Most bytes first. */
  readonly sites: () => readonly NativeCallsite[];
  /** Bytes per call of the callsites that the user ignores. */
  readonly ignoredBytes: number;
  /** Why stacks are not known here. */
  readonly nativeUnavailable?: string;
}

export function* measureNativeSites(run: Run): Steps<NativeSites> {
  const { profile, unavailable } = yield* recordingNames(() => recordSites(run));
  if (unavailable !== undefined) {
    return { sites: () => [], ignoredBytes: 0, nativeUnavailable: unavailable };
  }
  const { ignore, internals } = run.settings;
  return sitesOf(profile, { ignore, internals, mapper: mapToSource });
}

function* recordSites({ caller, settings }: Run): Steps<{
  readonly profile?: NativeProfile | undefined;
  readonly unavailable?: string;
}> {
  const { addon } = caller;
  const isOptimized = settings.tier === 'optimized';
  const failed = addon.startNative('stacks', STACK_DEPTH, isOptimized, settings.native);
  if (failed !== undefined) return failed;
  let profile: NativeProfile | undefined;
  try {
    // V8 notes every function for its profiler, and some again after a collection: not in
    // the window.
    yield* wait(caller.call(1));
    yield* wait(caller.settle());
    addon.readNativeSites('live');
    yield* wait(caller.call(1));
    addon.readNativeSites('allocated');
    addon.readNativeSites('live');
    yield* wait(caller.callInByteWindow(1));
    addon.readNativeSites('allocated');
    addon.readNativeSites('peak');
    yield* wait(caller.call(CALLS - 2));
    yield* wait(caller.settle());
    addon.readNativeSites('live');
  } finally {
    profile = addon.stopNative();
  }
  return { profile };
}

function sitesOf(profile: NativeProfile | undefined, select: SelectOptions): NativeSites {
  if (profile === undefined) return { sites: () => [], ignoredBytes: 0 };
  const perCall = differences(profile);
  const allocatedBytes = (options: SelectOptions): number =>
    sum(callsiteSeries(perCall, options).map(({ bytes }) => bytes[0] ?? 0));
  return {
    ignoredBytes: allocatedBytes({}) - allocatedBytes(select),
    sites: () => {
      const series = callsiteSeries(perCall, select);
      return [...mapSites(series, mapToSource), siteWithoutStack(perCall)]
        .map((site) => ({
          frames: site.frames,
          allocatedCount: site.counts[0] ?? 0,
          allocatedBytes: site.bytes[0] ?? 0,
          peakBytes: site.bytes[1] ?? 0,
          retainedBytes: (site.bytes[2] ?? 0) / CALLS,
          ...nativeStacksAt(site, 0),
        }))
        .filter(
          ({ allocatedBytes: allocated, peakBytes, retainedBytes }) =>
            allocated > 0 || peakBytes > 0 || retainedBytes > 0,
        )
        .sort((a, b) => b.allocatedBytes - a.allocatedBytes);
    },
  };
}

/** Of the readings of the pass: allocated by one call, alive at its peak, and left behind. */
function differences({ nodes, counts, bytes }: NativeProfile): Profile {
  const grown = (
    columns: readonly Float64Array[],
    to: number,
    from: number,
  ): Float64Array =>
    Float64Array.from(nodes, (_, node) =>
      Math.max(0, (columns[to]?.[node] ?? 0) - (columns[from]?.[node] ?? 0)),
    );
  const [SETTLED_BEFORE, ALLOCATED_BEFORE, LIVE_BEFORE, ALLOCATED, PEAK, SETTLED] = [
    0, 1, 2, 3, 4, 5,
  ];
  return {
    nodes,
    counts: [
      grown(counts, ALLOCATED, ALLOCATED_BEFORE),
      new Float64Array(nodes.length),
      grown(counts, SETTLED, SETTLED_BEFORE),
    ],
    bytes: [
      grown(bytes, ALLOCATED, ALLOCATED_BEFORE),
      grown(bytes, PEAK, LIVE_BEFORE),
      grown(bytes, SETTLED, SETTLED_BEFORE),
    ],
  };
}
