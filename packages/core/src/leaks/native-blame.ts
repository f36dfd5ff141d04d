// Where native memory that is not given back was asked for: calls with the stack of every block
// recorded.

import type { CallsiteSeries } from '../callsites.js';
import { STACK_DEPTH } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes } from '../measure/native-recording.js';
import { withoutStack } from '../measure/native-sites.js';
import type { Run } from '../measure/run.js';
import type { NativeProfile, Profile } from '../native.js';
import { type Blame, blameOf, blameRounds, followingSites } from './blame.js';
import { bytesFollowCalls, perCall, type Readings } from './growth.js';
import { siteReadings } from './sample.js';

/**
 * What no JavaScript asked for may be V8's and Node's own: of tasks between two calls they keep some 100 bytes a
 * call themselves (compiling WebAssembly). Leaks of addons' threads are images and buffers.
 */
const FOREIGN_BYTES_PER_CALL = 512;

/** Callsites of blocks that are still held, round after round; one without frames is no JavaScript's. */
export interface NativeBlame extends Blame {
  readonly isLeak: boolean;
  /** Why callsites are not known here: then the sum alone decides. */
  readonly unavailable?: string;
}

export function* nativeBlame(run: Run): Steps<NativeBlame> {
  const { caller, settings } = run;
  const { addon } = caller;
  const isOptimized = settings.tier === 'optimized';
  const failed = addon.startNative('stacks', STACK_DEPTH, isOptimized);
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
  } finally {
    profile = addon.stopNative();
  }
  return judge(profile, { lengths, values: held }, settings, failed?.unavailable);
}

function judge(
  profile: NativeProfile | undefined,
  held: Readings,
  settings: Run['settings'],
  unavailable: string | undefined,
): NativeBlame {
  const { lengths } = held;
  const since = sinceFirst(profile ?? { nodes: [], counts: [], bytes: [] });
  const blame = blameOf(since, lengths, settings, followingSites);
  if (unavailable !== undefined) {
    return { ...blame, isLeak: bytesFollowCalls(held), unavailable };
  }
  const grown = [...blame.grown, ...foreignSites(withoutStack(since), lengths)];
  return { ...blame, grown, isLeak: grown.length > 0 };
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

/** The readings after the first, less the first. */
function sinceFirst({ nodes, counts, bytes }: Profile): Profile {
  const less = ([first, ...rest]: readonly Float64Array[]): readonly Float64Array[] =>
    rest.map((column) => column.map((held, node) => held - (first?.[node] ?? 0)));
  return { nodes, counts: less(counts), bytes: less(bytes) };
}
