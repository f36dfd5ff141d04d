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
import { bytesFollowCalls, perCall, type Readings } from './growth.js';
import { areBuffersLent } from './lent-buffers.js';
import { type NativeSampled, sampleNative } from './native-sample.js';
import { isNoNote, isNotNodes, isOfThreads, isSteadySite } from './native-sites.js';
import { isWritten } from './resources.js';
import { siteReadings } from './sample.js';

const MOST_CALLERS = 3;
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

function withoutNativeStacks({
  nativeStacks: _,
  ...site
}: CallsiteSeries): CallsiteSeries {
  return site;
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
