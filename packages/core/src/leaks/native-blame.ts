// Where native memory that is not given back was asked for: calls with the stack of every block
// recorded.

import { type CallsiteSeries, callsiteSeries, siteWithoutStack } from '../callsites.js';
import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import {
  type Blame,
  blameOf,
  blameRounds,
  followingSites,
  longerRounds,
} from './blame.js';
import {
  bytesFollowCalls,
  countFollowsCalls,
  isSteady,
  perCall,
  type Readings,
} from './growth.js';
import { areBuffersLent } from './lent-buffers.js';
import { bytesOfOthers } from './native-owner.js';
import { type NativeSampled, sampleNative } from './native-sample.js';
import { isWritten } from './resources.js';
import { siteReadings } from './sample.js';

/**
 * Less may be V8's and Node's own: they keep some 100 bytes a call themselves (compiling WebAssembly). Leaks of addons'
 * threads are images and buffers.
 */
const NODES_BYTES_PER_CALL = 512;
const MOST_CALLERS = 3;
/** Of what the calls have left before: a rare leak may leave more for once. */
const EXPLAINED = 2;
/** Of the bytes per call in shorter rounds. */
const SAME_PACE = 0.5;

/** Callsites of blocks that are still held, round after round; one without frames is no JavaScript's. */
export interface NativeBlame extends Blame {
  readonly isLeak: boolean;
  /** False where the time was too short for a second look that was needed. */
  readonly isSure: boolean;
  /**
   * Where threads keep memory: what asked for some itself meanwhile, and may have started their work. One reading, of
   * all calls; most bytes first.
   */
  readonly callers: readonly CallsiteSeries[];
  /** Why callsites are not known here: then the sum alone decides. */
  readonly unavailable?: string;
}

/**
 * Round after round the same per call is a leak. What goes up and down may follow the rounds and their collections (V8
 * compiles WebAssembly anew after each): rounds at least three times as long tell, in which that is a third per call.
 *
 * @param grownBytesPerCall before any stack was recorded
 */
export function* nativeBlame(run: Run, grownBytesPerCall: number): Steps<NativeBlame> {
  const sampled = yield* sampleNative(run, blameRounds());
  const first = judge(sampled, grownBytesPerCall, run);
  if (!first.isLeak) return first;
  const steady = first.grown.filter((site) => isSteadySite(site, first.lengths));
  if (steady.length > 0) return { ...first, grown: steady };

  const { lengths } = first;
  const rounds = longerRounds(lengths, pace(first, sampled.held).blocks);
  const ms = (sampled.ms / sum(lengths)) * sum(rounds);
  const { clock } = run;
  if (clock.elapsedMs() + ms > clock.timeoutMs) return { ...first, isSure: false };

  const again = yield* sampleNative(run, ({ length }) => rounds[length]);
  const second = judge(again, grownBytesPerCall, run);
  const before = pace(first, sampled.held).bytes;
  const isSame = pace(second, again.held).bytes >= before * SAME_PACE;
  return { ...second, isLeak: second.isLeak && isSame };
}

/** Per call: of the callsites that grew, or of all memory where none is known. */
function pace(
  { grown, lengths }: Blame,
  held: Readings,
): { readonly blocks: number; readonly bytes: number } {
  if (grown.length === 0) return { blocks: 0, bytes: perCall(held) };
  const readings = grown.map((site) => siteReadings(site, lengths));
  return {
    blocks: sum(readings.map(({ counts }) => perCall(counts))),
    bytes: sum(readings.map(({ bytes }) => perCall(bytes))),
  };
}

function isSteadySite(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { counts, bytes } = siteReadings(site, lengths);
  return (
    (countFollowsCalls(counts) && isSteady(counts)) ||
    (bytesFollowCalls(bytes) && isSteady(bytes))
  );
}

function judge(
  { held, live, allocated, unavailable }: NativeSampled,
  grownBytesPerCall: number,
  { caller, settings }: Run,
): NativeBlame {
  const { lengths } = held;
  const blame = blameOf(live, lengths, settings, (sites) =>
    followingSites(sites, lengths).filter(
      (site) => isNoNote(site, lengths, grownBytesPerCall) && isNotNodes(site, lengths),
    ),
  );
  const decided = { ...blame, isSure: true };
  if (unavailable !== undefined) {
    return { ...decided, isLeak: bytesFollowCalls(held), callers: [], unavailable };
  }
  const foreign = [siteWithoutStack(live)].filter(
    (site) => isOfThreads(site, lengths) && isNoNote(site, lengths, grownBytesPerCall),
  );
  const found = [...blame.grown, ...foreign];
  const grown = settings.native ? found : found.map(withoutNativeStacks);
  const callers = foreign.length === 0 ? [] : largestSites(allocated, settings);
  const isWaiting = caller.kind === 'sync' && areBuffersLent(found, lengths);
  return { ...decided, grown, isLeak: grown.length > 0 && !isWaiting, callers };
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

function withoutNativeStacks({
  nativeStacks: _,
  ...site
}: CallsiteSeries): CallsiteSeries {
  return site;
}

/** Of threads of addons and of Node's pool, and of the loop between two calls of JavaScript. */
function isOfThreads(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { bytes } = siteReadings(site, lengths);
  return bytesFollowCalls(bytes) && perCall(bytes) >= NODES_BYTES_PER_CALL;
}

function isNotNodes(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { bytes } = siteReadings(site, lengths);
  const ofOthers = { lengths, values: [0, ...bytesOfOthers(site)] };
  return perCall(bytes) >= NODES_BYTES_PER_CALL || bytesFollowCalls(ofOthers);
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
