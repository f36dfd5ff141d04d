// Rounds of calls with the stack of every native block recorded, native frames included, and what is held after each.

import { STACK_DEPTH } from '../measure/caller.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes, recordingNames } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import type { NativeProfile, Profile } from '../native.js';
import type { Readings } from './growth.js';
import type { NextRound } from './sample.js';

export interface NativeSampled {
  /** Bytes of all that is held. */
  readonly held: Readings;
  /** Blocks and bytes per stack that are held after each round, beyond those before the first. */
  readonly live: Profile;
  /** Blocks and bytes per stack that were asked for in all rounds: one column. */
  readonly allocated: Profile;
  /** What the calls of the rounds took. */
  readonly ms: number;
  /** Why stacks are not recorded; the profiles are empty then. */
  readonly unavailable?: string;
}

export function sampleNative(run: Run, nextRound: NextRound): Steps<NativeSampled> {
  return recordingNames(() => sampleOnce(run, nextRound));
}

function* sampleOnce(
  { caller, settings }: Run,
  nextRound: NextRound,
): Steps<NativeSampled & { readonly profile: NativeProfile | undefined }> {
  const { addon } = caller;
  const isOptimized = settings.tier === 'optimized';
  const failed = addon.startNative('stacks', STACK_DEPTH, isOptimized, true);
  if (failed !== undefined) addon.startNative('blocks');
  const lengths: number[] = [];
  const values: number[] = [];
  let allMs = 0;
  let profile: NativeProfile | undefined;
  try {
    // V8 notes every function for its profiler, and some again after a collection.
    yield* wait(caller.call(1));
    yield* wait(caller.settle());
    let ms = 0;
    for (;;) {
      addon.readNativeSites('live');
      values.push(heldNativeBytes(addon) ?? 0);
      const calls = nextRound(lengths, ms);
      if (calls === undefined) break;
      const start = performance.now();
      yield* wait(caller.call(calls));
      ms = performance.now() - start;
      allMs += ms;
      yield* wait(caller.settle());
      lengths.push(calls);
    }
    addon.readNativeSites('allocated');
  } finally {
    profile = addon.stopNative();
  }
  const { live, allocated } = split(profile ?? NOTHING);
  return {
    held: { lengths, values },
    live: sinceFirst(live),
    allocated,
    ms: allMs,
    profile,
    ...(failed !== undefined && { unavailable: failed.unavailable }),
  };
}

const NOTHING: Profile = { nodes: [], counts: [], bytes: [] };

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
