// From readings and raw paths to the report that a user reads.

import { nativeStacksAt } from '../callsites/native-stacks.js';
import { type CallsiteSeries, callsiteSeries, mapSites } from '../callsites.js';
import { classNameOf } from '../heap/classes.js';
import { sourceLine } from '../source-line.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type {
  Frame,
  LeakGroup,
  LeakGrowth,
  LeakReport,
  LeakResource,
  LeakSite,
  NativeCaller,
} from '../types.js';
import type { Aged } from './age.js';
import type { Blame } from './blame.js';
import { perCall, robustPerCall, typicalPerCall } from './growth.js';
import type { NativeBlame } from './native-blame.js';
import { creatorOf, isWritten, resourceGrowth } from './resources.js';
import { siteReadings } from './sample.js';
import type { Survivors } from './survivors.js';

/** A report whose callsites are still in the coordinates of the compiled code. */
export interface Finding
  extends Omit<
    LeakReport,
    | 'sites'
    | 'groups'
    | 'collections'
    | 'growths'
    | 'resources'
    | 'nativeSites'
    | 'nativeCallers'
    | 'snapshotFile'
  > {
  /** Absent when nothing accumulates on V8's heap. */
  readonly evidence?: Evidence;
  /** Absent when no native memory accumulates by itself. */
  readonly nativeBlame?: NativeBlame;
  /** Absent when no memory of WebAssembly grows by itself. */
  readonly grownMemory?: LeakGrowth;
  /** Absent when no file stays open by itself. */
  readonly openFile?: LeakResource;
}

export interface Evidence {
  readonly aged: Aged;
  readonly survivors: Survivors;
  readonly blame: Blame;
}

export function explain({
  evidence,
  nativeBlame,
  openFile,
  grownMemory,
  ...found
}: Finding): LeakReport {
  const nativeSites =
    nativeBlame === undefined
      ? []
      : leakSites(nativeBlame.grown, nativeBlame.lengths).map(withCode);
  const callers = mapSites(nativeBlame?.callers ?? [], mapToSource);
  const facts = {
    ...found,
    nativeSites,
    nativeCallers: callers.map(({ frames }) => toCaller(frames)),
    // Exact, where the sum of all memory carries some noise.
    ...(nativeSites.length > 0 && {
      nativeBytesPerCall: sum(nativeSites.map(({ bytesPerCall }) => bytesPerCall)),
    }),
  };
  if (evidence === undefined) {
    const resources = openFile === undefined ? [] : [openFile];
    const growths = grownMemory === undefined ? [] : [grownMemory];
    return { ...facts, sites: [], groups: [], collections: [], growths, resources };
  }
  const { aged, survivors, blame } = evidence;
  const { collections, snapshotFile } = survivors;
  return {
    ...facts,
    sites: leakSites(blame.grown, blame.lengths),
    groups: leakGroups(survivors, sum(aged.ageLengths)),
    collections,
    growths: leakGrowths(survivors, aged),
    resources: leakResources(aged, blame),
    ...(snapshotFile !== undefined && { snapshotFile }),
  };
}

function withCode(site: LeakSite): LeakSite {
  return { ...site, ...codeOf(site.frames) };
}

function toCaller(frames: readonly Frame[]): NativeCaller {
  return { frames, ...codeOf(frames) };
}

function codeOf([frame]: readonly Frame[]): { readonly code?: string } {
  const code = frame === undefined ? undefined : sourceLine(frame.file, frame.line);
  return code === undefined ? {} : { code };
}

/** Callsites in the user's coordinates; most bytes first. */
export function leakSites(
  grown: readonly CallsiteSeries[],
  lengths: readonly number[],
): readonly LeakSite[] {
  const sites = mapSites(grown, mapToSource);
  // Others are told only where nothing else is.
  const known = sites.filter(
    ({ frames }) => frames.length === 0 || frames.some(isWritten),
  );
  return (known.length > 0 ? known : sites)
    .map((site) => {
      const { counts, bytes } = siteReadings(site, lengths);
      return {
        frames: site.frames,
        objectsPerCall: typicalPerCall(counts),
        bytesPerCall: typicalPerCall(bytes),
        series: points(site, lengths),
        ...nativeStacksAt(site, lengths.length - 1),
      };
    })
    .sort(
      (a, b) => b.bytesPerCall - a.bytesPerCall || b.objectsPerCall - a.objectsPerCall,
    );
}

function points(
  { counts, bytes }: Pick<CallsiteSeries, 'counts' | 'bytes'>,
  lengths: readonly number[],
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
      objectCount: group.count,
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

/** Only where no objects and no collection tell. */
function leakGrowths(
  { groups, collections, largest }: Survivors,
  { heapBytes, arrayBufferBytes }: Aged,
): readonly LeakGrowth[] {
  if (groups.length > 0 || collections.length > 0 || largest === undefined) return [];
  const { className, bytes, path } = largest;
  const grown = robustPerCall(heapBytes) + perCall(arrayBufferBytes);
  return [{ className, bytesPerCall: Math.max(0, grown), retainedBytes: bytes, path }];
}

/** What stays open, and who opened it: that needs Node's own frames. */
function leakResources(
  { openBefore, openAfter, lengths }: Aged,
  blame: Blame,
): readonly LeakResource[] {
  const growth = resourceGrowth(openBefore, openAfter, sum(lengths));
  if (growth.length === 0) return [];
  const sites = leakSites(
    callsiteSeries(blame.profile, { internals: true }),
    blame.lengths,
  );
  return growth.map((resource) => {
    const frames = creatorOf(resource, sites);
    return frames === undefined ? resource : { ...resource, frames };
  });
}
