// Files that are opened and never closed: a file descriptor is a number, nothing on the heap shows it.

import { readlinkSync } from 'node:fs';
import { callsitesOf, mapSites, siteMatches } from '../callsites.js';
import { namesIn } from '../folder.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import type { LeakResource } from '../types.js';
import { affordableCalls } from './affordable.js';
import {
  countFollowsCalls,
  FEWEST_OBJECTS,
  FEWEST_OBJECTS_PER_CALL,
  perCall,
} from './growth.js';
import { readRounds } from './read-rounds.js';
import {
  creatorOf,
  FILE_DESCRIPTOR,
  openResources,
  resourceGrowth,
} from './resources.js';

const DESCRIPTORS = '/proc/self/fd';
// Lengths differ: what follows calls is told from what follows rounds.
const PATTERN = [1, 1, 3, 2, 4] as const;
const MOST_UNIT = 20;
const ROUNDS_MS = 300;
/** A slow function gets more time, until it is sure. */
const MOST_ROUNDS_MS = 3_000;
const SAMPLED_CALLS = 10;
/** More are not read by anybody. */
const MOST_NAMES = 3;
/** A pool of open files has filled. */
const POOL_CALLS = 100;

/** Paths of the files, folders and devices that this process has open, by descriptor. Empty where Linux does not tell. */
export type OpenFiles = ReadonlyMap<string, string>;

/** Files that follow the calls. */
export interface FilesLeftOpen {
  readonly calls: number;
  readonly resource: LeakResource;
  /** So many calls that no pool of open files still fills. */
  readonly isSure: boolean;
}

/** Sockets and pipes are not among them: they have handles, which are resources of their own. */
export function openFiles(): OpenFiles {
  const files = new Map<string, string>();
  for (const descriptor of namesIn(DESCRIPTORS)) {
    const path = pathOf(descriptor);
    // The folder of descriptors is open while it is read.
    if (path?.startsWith('/') && !path.startsWith('/proc/')) files.set(descriptor, path);
  }
  return files;
}

/** Whether it is worth to look: `calls` calls came between. */
export function mayLeaveFilesOpen(
  before: OpenFiles,
  after: OpenFiles,
  calls: number,
): boolean {
  const grown = after.size - before.size;
  return grown >= Math.max(FEWEST_OBJECTS, calls * FEWEST_OBJECTS_PER_CALL);
}

/**
 * More rounds of calls, with the open files counted after each; undefined where they do not follow the calls.
 *
 * @param before the function was called
 * @param callsBefore since then
 */
export function* filesLeftOpen(
  run: Run,
  before: OpenFiles,
  callsBefore: number,
  msPerCall: number,
): Steps<FilesLeftOpen | undefined> {
  const { caller, settings } = run;
  const within = (ms: number): number =>
    Math.floor(affordableCalls(ms / sum(PATTERN), msPerCall));
  const missing = Math.ceil((POOL_CALLS - SAMPLED_CALLS - callsBefore) / sum(PATTERN));
  const wanted = Math.max(Math.min(MOST_UNIT, within(ROUNDS_MS)), missing);
  const unit =
    settings.iterations ?? Math.max(1, Math.min(wanted, within(MOST_ROUNDS_MS)));
  const lengths = PATTERN.map((times) => times * unit);
  const resourcesBefore = openResources();
  const counts = yield* readRounds(run, lengths, () => openFiles().size);
  const readings = { lengths, values: counts };
  if (!countFollowsCalls(readings)) return undefined;
  const waiting = resourceGrowth(resourcesBefore, openResources(), sum(lengths));
  // Opened by the pool of a function that lets no turn pass: nobody could close them yet.
  if (waiting.some(({ type }) => type.startsWith('FSReq'))) return undefined;

  const profile = yield* wait(caller.callSampled(SAMPLED_CALLS));
  const sites = callsitesOf(profile, { calls: SAMPLED_CALLS, internals: true });
  const grown = { type: FILE_DESCRIPTOR, perCall: perCall(readings) };
  const frames = creatorOf(grown, mapSites(sites.map(toSite), mapToSource));
  const names = commonNames(before, openFiles());
  const isIgnored = settings.ignore.some((rule) =>
    siteMatches(rule, {
      frames: frames ?? [],
      className: FILE_DESCRIPTOR,
      retainers: names,
    }),
  );
  if (isIgnored) return undefined;
  const calls = sum(lengths) + SAMPLED_CALLS;
  return {
    calls,
    resource: { ...grown, names, ...(frames !== undefined && { frames }) },
    isSure: callsBefore + calls >= POOL_CALLS,
  };
}

function toSite<F>({
  frames,
  allocatedCount,
}: {
  readonly frames: F;
  readonly allocatedCount: number;
}): { readonly frames: F; readonly objectsPerCall: number } {
  return { frames, objectsPerCall: allocatedCount };
}

/** Of the files that were opened since; most often opened first. */
function commonNames(before: OpenFiles, after: OpenFiles): readonly string[] {
  const counts = new Map<string, number>();
  for (const [descriptor, path] of after) {
    if (before.get(descriptor) !== path) counts.set(path, (counts.get(path) ?? 0) + 1);
  }
  return [...counts]
    .sort(([, a], [, b]) => b - a)
    .slice(0, MOST_NAMES)
    .map(([path]) => path);
}

/** Undefined when it was closed meanwhile. */
function pathOf(descriptor: string): string | undefined {
  try {
    return readlinkSync(`${DESCRIPTORS}/${descriptor}`);
  } catch {
    return undefined;
  }
}
