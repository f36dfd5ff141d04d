// Pass: how many objects one call allocates, and where.

import { callsitesOf, mapSites, type SiteTotals, siteTotals } from '../callsites.js';
import { turns } from '../gc.js';
import type { Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { spread, typical } from '../stats.js';
import type { Callsite, Spread } from '../types.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';
import type { Run } from './run.js';
import { watchForWaiting } from './waiting.js';
import type { WarmUp } from './warm-up.js';

// Sampling costs up to 6.5 us and 85 B per object: a round of several calls stays below
// about 50,000 of them.
const ROUND_BYTES = 2_000_000;
const MOST_ITERATIONS = 4;
const MOST_ROUNDS: Readonly<Record<Caller['kind'], number>> = { sync: 3, async: 5 };
const HARNESS_ROUNDS = 3;

/** The result of the pass, per call. */
export interface Counts {
  readonly iterations: number;
  readonly allocatedCount: Spread;
  /** What these objects take: the same at every reading, wherever they were put. */
  readonly objectBytes: Spread;
  /** Bytes of the callsites that the user ignores. */
  readonly ignoredBytes: number;
  /** Whether calls waited for the event loop. */
  readonly waits: boolean;
  /** The callsites, found when first asked for: mapping them to sources takes time. */
  readonly callsites: () => readonly Callsite[];
}

export function* measureCounts(
  { caller, clock, settings }: Run,
  warm: WarmUp,
): Steps<Counts> {
  const affordable = Math.floor(ROUND_BYTES / Math.max(1, warm.bytesPerCall));
  const calls = settings.iterations ?? Math.max(1, Math.min(MOST_ITERATIONS, affordable));
  const harness = yield* harnessTotals(caller, calls);
  const { ignore, internals } = settings;
  const select = { ignore, internals, mapper: mapToSource };

  const profiles: Profile[] = [];
  const counts: number[] = [];
  const bytes: number[] = [];
  let waits = false;
  for (
    let round = 0;
    round < Math.min(MOST_ROUNDS[caller.kind], settings.rounds);
    round++
  ) {
    const { profile, hasWaited } = yield* sampledRound(caller, calls);
    profiles.push(profile);
    waits ||= hasWaited;
    const totals = siteTotals(profile, 0, select);
    counts.push(Math.max(0, totals.count - harness.count) / calls);
    bytes.push(Math.max(0, totals.bytes - harness.bytes) / calls);
    const isCertain =
      caller.kind === 'sync'
        ? round > 0 && counts[round] === counts[round - 1]
        : isLeastSeenTwice(counts) && isLeastSeenTwice(bytes);
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
    objectBytes: spread(bytes),
    ignoredBytes: (everything - selected) / calls,
    waits,
    callsites: () => mapSites(callsitesOf(shown, { ...select, calls }), mapToSource),
  };
}

/** What is reported of awaited calls is their smallest round. Exact numbers need no majority. */
function isLeastSeenTwice(values: readonly number[]): boolean {
  const least = Math.min(...values);
  return values.indexOf(least) !== values.lastIndexOf(least);
}

interface SampledRound {
  readonly profile: Profile;
  readonly hasWaited: boolean;
}

function* sampledRound(caller: Caller, calls: number): Steps<SampledRound> {
  const isAsync = caller.kind === 'async';
  caller.addon.collectGarbage('full');
  // Finalizers of what has just died run now and not among the calls.
  if (isAsync) yield* wait(turns());
  const watch = isAsync ? watchForWaiting() : undefined;
  yield* wait(caller.call(1));
  const hasWaited = watch?.() ?? false;
  return { hasWaited, profile: yield* wait(caller.callSampled(calls)) };
}

/** What `calls` calls cost without the function, where it carries no frame of ours. */
function* harnessTotals({ idle }: Caller, calls: number): Steps<SiteTotals> {
  if (idle === undefined) return { count: 0, bytes: 0 };
  const rounds: SiteTotals[] = [];
  for (let round = 0; round < HARNESS_ROUNDS; round++) {
    const { profile } = yield* sampledRound(idle, calls);
    rounds.push(siteTotals(profile, 0));
  }
  return {
    count: Math.min(...rounds.map(({ count }) => count)),
    bytes: Math.min(...rounds.map(({ bytes }) => bytes)),
  };
}
