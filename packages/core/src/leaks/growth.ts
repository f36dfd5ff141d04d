// Does a series of readings follow the number of calls? Pure arithmetic on evidence.

import { growthPerCall, median, sum } from '../stats.js';

/** Readings of one quantity between rounds of calls of different lengths. */
export interface Readings {
  /** Calls per round. */
  readonly lengths: readonly number[];
  /** One more than rounds: the first is the start. */
  readonly values: readonly number[];
}

// The last rounds must grow at least at half the pace of all: a cache that fills has
// stopped by then. And of what a round adds, at least half must come with its calls:
// what grows by rounds (the harness, time) adds the same to short and long ones.
const SAME_PACE = 0.5;
const SHARE_OF_CALLS = 0.5;
const TAIL_ROUNDS = 2;
/** Rounds that may add nothing. More, and it came in a burst: literals, lazy tables. */
const IDLE_ROUNDS = 1;
const SAME_GROWTH = 1.25;
export const FEWEST_OBJECTS = 4;
/** One object every 50th call. Less is not told from the process's own life. */
export const FEWEST_OBJECTS_PER_CALL = 0.02;
/** V8's tables grow in steps of megabytes. What is less may be anybody's. */
const TABLE_BYTES = 1_000_000;
/** Half of a small integer or a pointer: the least that a growing store takes per call. */
export const STEP_BYTES_PER_CALL = 4;

/** Growth per call after the first round, which still warms things up. */
export function perCall({ lengths, values }: Readings): number {
  const calls = sum(lengths.slice(1));
  return calls === 0 ? 0 : (last(values) - (values[1] ?? 0)) / calls;
}

/**
 * Growth per call of a typical round, which leaves out the backing store that grew in some;
 * of all rounds where a typical one shows none.
 */
export function typicalPerCall(readings: Readings): number {
  const { lengths, values } = readings;
  const rates = lengths.map(
    (length, round) => ((values[round + 1] ?? 0) - (values[round] ?? 0)) / length,
  );
  const typical = rates.length > 1 ? median(rates.slice(1)) : 0;
  return typical > 0 ? typical : Math.max(0, perCall(readings));
}

/**
 * As if the round that is furthest from the typical one had been like it: V8 asks `malloc` for a table of megabytes in
 * whichever round fills the last one.
 */
export function withoutOddRound(readings: Readings): Readings {
  const { lengths, values } = readings;
  const typical = typicalPerCall(readings);
  const excesses = lengths.map((length, round) =>
    round === 0 ? 0 : (values[round + 1] ?? 0) - (values[round] ?? 0) - typical * length,
  );
  const sizes = excesses.map(Math.abs);
  const odd = sizes.indexOf(Math.max(...sizes));
  const excess = excesses[odd] ?? 0;
  if (Math.abs(excess) < TABLE_BYTES) return readings;
  return {
    lengths,
    values: values.map((value, index) => (index > odd ? value - excess : value)),
  };
}

/** Grew after the first round: worth a closer look, no more. */
export function isSuspicious({ values }: Readings): boolean {
  return last(values) > (values[1] ?? 0);
}

/** Objects accumulate call by call, to the end. */
export function countFollowsCalls(readings: Readings): boolean {
  const grown = last(readings.values) - (readings.values[1] ?? 0);
  return (
    grown >= FEWEST_OBJECTS &&
    perCall(readings) >= FEWEST_OBJECTS_PER_CALL &&
    keepsPace(readings)
  );
}

/** Bytes accumulate call by call, to the end. A few that come and go do not count. */
export function bytesFollowCalls(readings: Readings): boolean {
  return perCall(readings) >= STEP_BYTES_PER_CALL && keepsPace(readings);
}

/** Each round after the first adds about as much per call as all of them do. Beside the question whether they follow calls at all. */
export function isSteady(readings: Readings): boolean {
  const { lengths, values } = readings;
  const [, ...rounds] = lengths;
  const typical = perCall(readings);
  return !rounds.some((calls, round) => {
    const grown = (values[round + 2] ?? 0) - (values[round + 1] ?? 0);
    return isOdd(grown / calls, typical);
  });
}

/**
 * Each round after the first adds about the same, however many calls it is: what comes with its collections.
 *
 * @param noise by which readings may be wrong: what the calls would add must differ by more
 */
export function followsRounds(readings: Readings, noise: number): boolean {
  const { lengths, values } = readings;
  const [, ...rounds] = lengths;
  const growths = rounds.map(
    (_, round) => (values[round + 2] ?? 0) - (values[round + 1] ?? 0),
  );
  const least = Math.min(...growths);
  const isSame = least > 0 && Math.max(...growths) <= least * SAME_GROWTH;
  const difference = Math.max(...rounds) - Math.min(...rounds);
  return isSame && difference * perCall(readings) > noise;
}

/** Less than half, or more than twice as much. */
export function isOdd(rate: number, typical: number): boolean {
  return rate < typical * SAME_PACE || rate * SAME_PACE > typical;
}

/**
 * Bytes grow in steps, as an array's or a table's backing store does: nothing for long,
 * then half as much again or twice as much. Meant for an observation that begins after all
 * small caches have filled: then any step after the first round is one too many.
 */
export function bytesFollowCallsInSteps({ lengths, values }: Readings): boolean {
  const grown = last(values) - (values[1] ?? 0);
  return grown >= sum(lengths) * STEP_BYTES_PER_CALL;
}

/** Robust growth per call over all readings, for quantities that carry noise. */
export function robustPerCall({ lengths, values }: Readings): number {
  let calls = 0;
  const points = values.map((bytes, index) => {
    calls += index === 0 ? 0 : (lengths[index - 1] ?? 0);
    return { calls, bytes };
  });
  return growthPerCall(points.slice(1));
}

function keepsPace(readings: Readings): boolean {
  const { lengths, values } = readings;
  const overall = perCall(readings);
  if (overall <= 0) return false;

  const tailCalls = sum(lengths.slice(-TAIL_ROUNDS));
  const tailGrowth = last(values) - (values.at(-1 - TAIL_ROUNDS) ?? 0);
  if (tailGrowth / tailCalls < overall * SAME_PACE) return false;

  return idleRounds(readings) <= IDLE_ROUNDS && shareOfCalls(readings) >= SHARE_OF_CALLS;
}

/** Rounds after the first that added nothing. */
function idleRounds({ values }: Readings): number {
  return values.filter((value, index) => index > 1 && value <= (values[index - 1] ?? 0))
    .length;
}

/**
 * How much of a round's growth its calls explain, by the straight line through (calls,
 * growth) of the rounds after the first (least squares). 1 where all rounds are equally long.
 */
function shareOfCalls({ lengths, values }: Readings): number {
  const rounds = lengths
    .map((calls, round) => ({
      calls,
      growth: (values[round + 1] ?? 0) - (values[round] ?? 0),
    }))
    .slice(1);
  const meanCalls = sum(rounds.map((round) => round.calls)) / rounds.length;
  const meanGrowth = sum(rounds.map((round) => round.growth)) / rounds.length;
  const variance = sum(rounds.map((round) => (round.calls - meanCalls) ** 2));
  if (variance === 0) return 1;
  const covariance = sum(
    rounds.map((round) => (round.calls - meanCalls) * (round.growth - meanGrowth)),
  );
  return ((covariance / variance) * meanCalls) / meanGrowth;
}

function last(values: readonly number[]): number {
  return values.at(-1) ?? 0;
}
