// Where the survivors are allocated: a few calls with every allocation sampled.

import { type CallsiteSeries, callsiteSeries } from '../callsites.js';
import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { Profile } from '../native.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import { affordableCalls } from './affordable.js';
import {
  bytesFollowCalls,
  bytesFollowCallsInSteps,
  countFollowsCalls,
} from './growth.js';
import { type NextRound, sample, siteReadings } from './sample.js';

// The first round, which still warms things up, shows what a sampled call takes.
const FIRST_CALLS = 1;
const PATTERN = [1, 2, 1, 3, 1] as const;
const MOST_UNIT = 75;
const FEWEST_UNIT = 2;
const LOOK_MS = 400;
/** Of one call, when already that is more than can be afforded. */
const DEAR_ROUNDS = 4;
/** Survivors per round, at least. */
const SURVIVORS = 5;
const LONGER = 3;

/** Callsites whose objects are still there, round after round. */
export interface Blame {
  /** Calls per round. */
  readonly lengths: readonly number[];
  /** Those that grew with the calls, or at least in steps. */
  readonly grown: readonly CallsiteSeries[];
  /** Something grew, but the rules of `ignore` leave all of it out. */
  readonly isIgnored: boolean;
  readonly profile: Profile;
}

/** @param survivorsPerCall known so far; 0 for "some" */
export function* blame(run: Run, survivorsPerCall: number): Steps<Blame> {
  const needed = survivorsPerCall > 0 ? SURVIVORS / survivorsPerCall : MOST_UNIT;
  const { lengths, profile } = yield* sample(run, blameRounds(needed), 'collection');
  return blameOf(profile, lengths, run.settings, growingSites);
}

/** @param neededUnit calls of a short round that are enough */
export function blameRounds(neededUnit: number = MOST_UNIT): NextRound {
  let unit = FEWEST_UNIT;
  return ({ length }, ms) => {
    if (length === 0) return FIRST_CALLS;
    if (ms > LOOK_MS && length < DEAR_ROUNDS) return 1;
    if (ms > LOOK_MS) return undefined;
    if (length === 1) {
      const affordable = affordableCalls(LOOK_MS / sum(PATTERN), ms / FIRST_CALLS);
      const most = Math.min(MOST_UNIT, affordable, neededUnit);
      unit = Math.ceil(Math.max(FEWEST_UNIT, most));
    }
    const times = PATTERN[length - 1];
    return times === undefined ? undefined : times * unit;
  };
}

/**
 * The lengths of rounds that show more than those: at least three times as long, and long enough for a few survivors in
 * each.
 */
export function longerRounds(
  lengths: readonly number[],
  survivorsPerCall: number,
): readonly number[] {
  const [, unit = FEWEST_UNIT] = lengths;
  const needed = survivorsPerCall > 0 ? SURVIVORS / survivorsPerCall : 0;
  const longer = Math.ceil(Math.max(unit * LONGER, needed));
  return [FIRST_CALLS, ...PATTERN.map((times) => times * longer)];
}

/** Those of the sites that are to blame. */
export type SelectGrown = (
  sites: readonly CallsiteSeries[],
  lengths: readonly number[],
) => readonly CallsiteSeries[];

/** @param profile what is alive after each round, of what they made */
export function blameOf(
  profile: Profile,
  lengths: readonly number[],
  { ignore, internals }: Run['settings'],
  select: SelectGrown,
): Blame {
  const all = callsiteSeries(profile, { internals });
  const kept =
    ignore.length === 0
      ? all
      : callsiteSeries(profile, { ignore, internals, mapper: mapToSource });
  const grown = select(kept, lengths);
  const isIgnored = grown.length === 0 && select(all, lengths).length > 0;
  return { lengths, grown, isIgnored, profile };
}

/** What follows the calls. */
export const followingSites: SelectGrown = (sites, lengths) =>
  sites.filter((site) => {
    const { counts, bytes } = siteReadings(site, lengths);
    return countFollowsCalls(counts) || bytesFollowCalls(bytes);
  });

/** What follows the calls; where nothing does, what grew in steps. */
const growingSites: SelectGrown = (sites, lengths) => {
  const following = followingSites(sites, lengths);
  if (following.length > 0) return following;
  return sites.filter((site) =>
    bytesFollowCallsInSteps(siteReadings(site, lengths).bytes),
  );
};
