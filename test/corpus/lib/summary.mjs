// What the runs of a corpus say together.

/** Whether a verdict is what it must be. */
export function isRight({ expected, verdict }) {
  return verdict === expected;
}

/**
 * @param {readonly object[]} results of runs, each with its verdict
 */
export function summarize(results) {
  const leaky = results.filter(({ expected }) => expected === 'leak');
  const harmless = results.filter(({ expected }) => expected === 'pass');
  const found = leaky.filter(isLeak);
  const withCulprit = found.filter(({ culprit }) => culprit !== null);
  const judged = results.filter(({ verdict }) => verdict !== 'error');
  const times = sorted(judged.map(({ verdictMs }) => verdictMs));
  const ownTimes = sorted(judged.map(ownMs));
  return {
    cases: new Set(results.map((result) => result.case)).size,
    runs: results.length,
    wrong: results.filter((result) => !isRight(result)).length,
    errors: count(results, 'error'),
    recall: rate(found.length, leaky.length),
    leaky: leaky.length,
    leaksFound: found.length,
    falsePositives: count(harmless, 'leak'),
    notLeaky: harmless.length,
    undecided: count(results, 'undecided'),
    undecidedNotLeaky: count(harmless, 'undecided'),
    culpritNamed: rate(withCulprit.filter(isNamed).length, withCulprit.length),
    culpritsNamed: withCulprit.filter(isNamed).length,
    culpritsAsked: withCulprit.length,
    medianMs: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    ownMedianMs: quantile(ownTimes, 0.5),
    ownP95Ms: quantile(ownTimes, 0.95),
    unstable: unstableOf(results),
  };
}

const isLeak = ({ verdict }) => verdict === 'leak';
const isNamed = ({ culpritNamed }) => culpritNamed === true;

/** Of a verdict, without what its calls take when nobody watches: that is the case's own slowness. */
function ownMs({ verdictMs, calls, plainCallMs, warmCallMs }) {
  return Math.max(0, verdictMs - calls * Math.min(plainCallMs, warmCallMs));
}

function sorted(times) {
  return times.toSorted((a, b) => a - b);
}

function count(results, verdict) {
  return results.filter((result) => result.verdict === verdict).length;
}

/** 0 to 1; null of nothing. */
function rate(part, whole) {
  return whole === 0 ? null : part / whole;
}

/** The value that this share of the sorted times does not exceed. */
function quantile(times, share) {
  return times[Math.max(Math.ceil(times.length * share) - 1, 0)] ?? null;
}

/** Runs that were repeated and did not end alike. */
function unstableOf(results) {
  const verdicts = new Map();
  for (const result of results) {
    const name = `${result.case} ${result.which}`;
    verdicts.set(name, [...(verdicts.get(name) ?? []), result.verdict]);
  }
  return [...verdicts]
    .filter(([, all]) => new Set(all).size > 1)
    .map(([name, all]) => ({ name, verdicts: all }));
}
