// Where native memory that is not given back was asked for: calls with the stack of every block
// recorded.

import { type CallsiteSeries, callsiteSeries, siteWithoutStack } from '../callsites.js';
import { STACK_DEPTH } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import type { NativeProfile, Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import { type Blame, blameOf, blameRounds, followingSites } from './blame.js';
import { bytesFollowCalls, perCall, type Readings } from './growth.js';
import { isWritten } from './resources.js';
import { siteReadings } from './sample.js';

/**
 * What no JavaScript asked for may be V8's and Node's own: of tasks between two calls they keep some 100 bytes a
 * call themselves (compiling WebAssembly). Leaks of addons' threads are images and buffers.
 */
const FOREIGN_BYTES_PER_CALL = 512;
const MOST_CALLERS = 3;
/** Of what the calls have left before: a rare leak may leave more for once. */
const EXPLAINED = 2;

/** Callsites of blocks that are still held, round after round; one without frames is no JavaScript's. */
export interface NativeBlame extends Blame {
  readonly isLeak: boolean;
  /**
   * Where threads keep memory: what asked for some itself meanwhile, and may have started their work. One reading, of
   * all calls; most bytes first.
   */
  readonly callers: readonly CallsiteSeries[];
  /** Why callsites are not known here: then the sum alone decides. */
  readonly unavailable?: string;
}

/** @param grownBytesPerCall before any stack was recorded */
export function* nativeBlame(run: Run, grownBytesPerCall: number): Steps<NativeBlame> {
  const { caller, settings } = run;
  const { addon } = caller;
  const isOptimized = settings.tier === 'optimized';
  const failed = addon.startNative('stacks', STACK_DEPTH, isOptimized, settings.native);
  if (failed !== undefined) addon.startNative('blocks');
  const lengths: number[] = [];
  const held: number[] = [];
  let profile: NativeProfile | undefined;
  try {
    // V8 notes every function for its profiler, and some again after a collection.
    yield* wait(caller.call(1));
    yield* wait(caller.settle());
    const nextRound = blameRounds();
    let ms = 0;
    for (;;) {
      addon.readNativeSites('live');
      held.push(heldNativeBytes(addon) ?? 0);
      const calls = nextRound(lengths, ms);
      if (calls === undefined) break;
      const start = performance.now();
      yield* wait(caller.call(calls));
      ms = performance.now() - start;
      yield* wait(caller.settle());
      lengths.push(calls);
    }
    addon.readNativeSites('allocated');
  } finally {
    profile = addon.stopNative();
  }
  const readings = { lengths, values: held };
  return judge(profile, readings, grownBytesPerCall, settings, failed?.unavailable);
}

function judge(
  profile: NativeProfile | undefined,
  held: Readings,
  grownBytesPerCall: number,
  settings: Run['settings'],
  unavailable: string | undefined,
): NativeBlame {
  const { lengths } = held;
  const { live, allocated } = split(profile ?? { nodes: [], counts: [], bytes: [] });
  const since = sinceFirst(live);
  const blame = blameOf(since, lengths, settings, (sites) =>
    followingSites(sites, lengths).filter((site) =>
      isNoNote(site, lengths, grownBytesPerCall),
    ),
  );
  if (unavailable !== undefined) {
    return { ...blame, isLeak: bytesFollowCalls(held), callers: [], unavailable };
  }
  const foreign = foreignSites(siteWithoutStack(since), lengths);
  const grown = [...blame.grown, ...foreign];
  const callers = foreign.length === 0 ? [] : largestSites(allocated, settings);
  return { ...blame, grown, isLeak: grown.length > 0, callers };
}

/**
 * What V8's profiler notes of new functions, so that stacks have names, it frees late. It was not there before there were
 * stacks: the callsite would keep more than all calls have left.
 */
function isNoNote(
  site: CallsiteSeries,
  lengths: readonly number[],
  grownBytesPerCall: number,
): boolean {
  const { counts, bytes } = siteReadings(site, lengths);
  const kept = total(bytes);
  const block = kept / Math.max(1, total(counts));
  return kept <= EXPLAINED * (grownBytesPerCall * sum(lengths) + block);
}

function total({ values }: Readings): number {
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

/** Of threads of addons and of Node's pool, and of the loop between two calls of JavaScript. */
function foreignSites(
  site: CallsiteSeries,
  lengths: readonly number[],
): readonly CallsiteSeries[] {
  const { bytes } = siteReadings(site, lengths);
  return bytesFollowCalls(bytes) && perCall(bytes) >= FOREIGN_BYTES_PER_CALL
    ? [site]
    : [];
}

function largestSites(
  allocated: Profile,
  { ignore, internals }: Run['settings'],
): readonly CallsiteSeries[] {
  const sites = callsiteSeries(allocated, { ignore, internals, mapper: mapToSource });
  return sites
    .filter(({ frames }) => frames.some(isWritten))
    .sort((a, b) => (b.bytes[0] ?? 0) - (a.bytes[0] ?? 0))
    .slice(0, MOST_CALLERS);
}

/** The readings of what was live, and the last. */
function split({ nodes, counts, bytes }: Profile): {
  readonly live: Profile;
  readonly allocated: Profile;
} {
  return {
    live: { nodes, counts: counts.slice(0, -1), bytes: bytes.slice(0, -1) },
    allocated: { nodes, counts: counts.slice(-1), bytes: bytes.slice(-1) },
  };
}

/** The readings after the first, less the first. */
function sinceFirst({ nodes, counts, bytes }: Profile): Profile {
  const less = ([first, ...rest]: readonly Float64Array[]): readonly Float64Array[] =>
    rest.map((column) => column.map((held, node) => held - (first?.[node] ?? 0)));
  return { nodes, counts: less(counts), bytes: less(bytes) };
}
