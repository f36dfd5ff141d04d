// From readings and raw paths to the report that a user reads.

import { type CallsiteSeries, callsiteSeries, mapSites } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type { LeakGroup, LeakReport, LeakResource, LeakSite } from '../types.js';
import { typicalPerCall } from './growth.js';
import { type Observation, siteReadings } from './observe.js';
import { creatorOf, resourceGrowth } from './resources.js';
import type { Survivors } from './survivors.js';

/** A report whose places are still in the coordinates of the compiled code. */
export interface Finding
  extends Omit<LeakReport, 'sites' | 'groups' | 'collections' | 'resources'> {
  /** What was seen last, unless nothing had to be sampled. */
  readonly seen?: Observation;
  readonly grown: readonly CallsiteSeries[];
  readonly survivors?: Survivors;
}

export function explain({ seen, grown, survivors, ...facts }: Finding): LeakReport {
  const calls = sum(seen?.lengths ?? []);
  return {
    ...facts,
    sites: seen === undefined ? [] : leakSites(seen, grown),
    groups: survivors === undefined ? [] : leakGroups(survivors, calls),
    collections: survivors?.collections ?? [],
    resources:
      seen === undefined || facts.verdict === 'clean' ? [] : leakResources(seen, calls),
    ...(survivors?.snapshotFile !== undefined && {
      snapshotFile: survivors.snapshotFile,
    }),
  };
}

function leakSites(
  seen: Observation,
  grown: readonly CallsiteSeries[],
): readonly LeakSite[] {
  return mapSites(grown, mapToSource)
    .map(({ frames, counts, bytes }) => ({
      frames,
      objectsPerCall: typicalPerCall(siteReadings(seen, counts)),
      bytesPerCall: typicalPerCall(siteReadings(seen, bytes)),
      series: points(seen.lengths, counts, bytes),
    }))
    .sort(
      (a, b) => b.bytesPerCall - a.bytesPerCall || b.objectsPerCall - a.objectsPerCall,
    );
}

function points(
  lengths: readonly number[],
  counts: readonly number[],
  bytes: readonly number[],
): LeakSite['series'] {
  let calls = 0;
  return lengths.map((length, round) => {
    calls += length;
    return { calls, liveCount: counts[round] ?? 0, liveBytes: bytes[round] ?? 0 };
  });
}

function leakGroups({ groups, paths }: Survivors, calls: number): readonly LeakGroup[] {
  return groups.flatMap((group, index) => {
    const path = paths[index];
    if (path === undefined) return [];
    return {
      className: classNameOf(group.type, group.name),
      objectsPerCall: group.count / calls,
      bytesPerCall: group.shallowBytes / calls,
      retainedBytesPerCall: group.retainedBytes / calls,
      path,
      contents: group.contents.map(({ type, name, count, shallowBytes }) => ({
        className: classNameOf(type, name),
        objectsPerCall: count / calls,
        bytesPerCall: shallowBytes / calls,
      })),
    };
  });
}

/** What stays open, and who opened it: that needs Node's own frames. */
function leakResources(seen: Observation, calls: number): readonly LeakResource[] {
  const growth = resourceGrowth(seen.openBefore, seen.openAfter, calls);
  if (growth.length === 0) return [];
  const sites = leakSites(seen, callsiteSeries(seen.profile, { internals: true }));
  return growth.map((resource) => {
    const frames = creatorOf(resource, sites);
    return frames === undefined ? resource : { ...resource, frames };
  });
}
