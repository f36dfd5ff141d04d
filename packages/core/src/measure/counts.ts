// Pass: how many objects one call allocates, and where.

import { callsitesOf, mapSites, siteTotals } from '../callsites.js';
import type { Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { spread, typical } from '../stats.js';
import type { Callsite, Spread } from '../types.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';
import type { Run } from './run.js';
import type { WarmUp } from './warm-up.js';

// Sampling costs up to 6.5 us and 85 B per object: a round of several calls stays below
// about 50,000 of them.
const ROUND_BYTES = 2_000_000;
const MOST_ITERATIONS = 4;
const MOST_ROUNDS = 3;

/** The result of the pass, per call. */
export interface Counts {
  readonly iterations: number;
  readonly allocatedCount: Spread;
  /** Bytes of the callsites that the user ignores. */
  readonly ignoredBytes: number;
  /** The callsites, found when first asked for: mapping them to sources takes time. */
  readonly callsites: () => readonly Callsite[];
}

export function* measureCounts(
  { caller, clock, settings }: Run,
  warm: WarmUp,
): Steps<Counts> {
  const affordable = Math.floor(ROUND_BYTES / Math.max(1, warm.bytesPerCall));
  const calls = settings.iterations ?? Math.max(1, Math.min(MOST_ITERATIONS, affordable));
  const harness = yield* harnessCount(caller, calls);
  const { ignore, internals } = settings;
  const select = { ignore, internals, mapper: mapToSource };

  const profiles: Profile[] = [];
  const counts: number[] = [];
  for (let round = 0; round < Math.min(MOST_ROUNDS, settings.rounds); round++) {
    const profile = yield* sampledRound(caller, calls);
    profiles.push(profile);
    counts.push(Math.max(0, siteTotals(profile, 0, select).count - harness) / calls);
    // Exact numbers need no majority.
    const isCertain = round > 0 && counts[round] === counts[round - 1];
    if (isCertain || clock.isPast(0.8)) break;
  }

  // The round that shows the reported number shows its callsites too.
  const reported = typical(spread(counts), caller.kind);
  const shown = profiles[Math.max(0, counts.indexOf(reported))] as Profile;
  const everything = siteTotals(shown, 0).bytes;
  const selected = siteTotals(shown, 0, select).bytes;
  return {
    iterations: calls,
    allocatedCount: spread(counts),
    ignoredBytes: (everything - selected) / calls,
    callsites: () => mapSites(callsitesOf(shown, { ...select, calls }), mapToSource),
  };
}

function* sampledRound(caller: Caller, calls: number): Steps<Profile> {
  caller.addon.collectGarbage('full');
  yield* wait(caller.call(1));
  return yield* wait(caller.callSampled(calls));
}

/** Objects that `calls` calls cost without the function and that carry no frame of ours. */
function* harnessCount(caller: Caller, calls: number): Steps<number> {
  const { idle } = caller;
  if (idle === undefined) return 0;
  const counts: number[] = [];
  for (let round = 0; round < MOST_ROUNDS; round++) {
    counts.push(siteTotals(yield* sampledRound(idle, calls), 0).count);
  }
  return Math.min(...counts);
}
