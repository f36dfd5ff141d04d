// What changed from one run to another, test by test. Knows no wording and no limits.

import {
  type CallsiteChange,
  type CallsiteRecord,
  type ChangeVerdict,
  pairCallsites,
  recordKey,
  type TestRecord,
} from '@highwater/core';
import { addUpSites, lineKey } from './callsites.js';
import { RUN_METRICS, type RunMetric } from './metrics.js';
import { pairTests } from './pair-tests.js';
import {
  largerNoise,
  noiseOfTries,
  type Reference,
  type References,
  type ReferenceTest,
} from './reference.js';
import { floorFor, type RunTolerance, type RunTolerances } from './tolerance.js';

/** One number of a test in both runs. */
export interface RunMetricChange {
  readonly metric: RunMetric;
  readonly before: number;
  readonly now: number;
  /** `now - before`. */
  readonly difference: number;
  /** A difference of up to this much is none. */
  readonly allowed: number;
  readonly allowedBy: 'relative' | 'absolute' | 'noise';
  readonly verdict: ChangeVerdict;
  /** Whether enough runs or tries tell how far the number goes astray by itself. */
  readonly isNoiseKnown: boolean;
}

/** One test of both runs. */
export interface TestChange {
  readonly before: TestRecord;
  readonly test: TestRecord;
  /** Of the test, now. */
  readonly key: string;
  /** The file that it was in, when that was another. */
  readonly movedFrom?: string;
  /** The project that it was in, when that was another; `''` for none. */
  readonly wasInProject?: string;
  /** Its titles, when these were others. */
  readonly wasCalled?: readonly string[];
  readonly verdict: ChangeVerdict;
  /** It draws random numbers, in one of the runs or in both. */
  readonly isRandom: boolean;
  /** Its numbers differ, and nobody can tell whether they would without a change, too: it is random. */
  readonly isUnclear: boolean;
  readonly metrics: readonly RunMetricChange[];
  /** Largest change first, those without a change left out; empty unless both runs recorded them. */
  readonly callsites: readonly CallsiteChange[];
}

export interface RunComparison {
  /** Regressed first, then improved, both with the largest difference first; then equal. */
  readonly changes: readonly TestChange[];
  readonly added: readonly TestRecord[];
  readonly removed: readonly TestRecord[];
  /** In both runs, but with numbers in one of them only, or failed: they may have stopped half-way. */
  readonly unjudged: readonly TestRecord[];
}

/** @param tests of the later run */
export function compareTests(
  references: References,
  tests: readonly TestRecord[],
  tolerances: RunTolerances,
): RunComparison {
  const { pairs, added, removed } = pairTests([...references.values()], tests);
  const changes: TestChange[] = [];
  const unjudged: TestRecord[] = [];
  for (const { before, test } of pairs) {
    const change = compareTest(before, test, tolerances);
    if (change !== undefined) changes.push(change);
    // A test that is never measured, because it is concurrent or has a matcher, is no news.
    else if (before.test.measured !== undefined || test.measured !== undefined) {
      unjudged.push(test);
    }
  }
  const isEqual = ({ verdict }: TestChange): boolean => verdict === 'equal';
  return {
    changes: [
      ...changes.filter((change) => !isEqual(change)).sort(byImportance),
      ...changes.filter(isEqual),
    ],
    added,
    removed: removed.map(({ test }) => test),
    unjudged,
  };
}

/** `undefined` when there is nothing to compare. */
function compareTest(
  before: ReferenceTest,
  test: TestRecord,
  tolerances: RunTolerances,
): TestChange | undefined {
  const { measured } = test;
  if (measured === undefined || [before.test, test].some(isUnsure)) return undefined;
  const metrics = RUN_METRICS.flatMap((metric) => {
    const reference = before.numbers[metric];
    const now = measured[metric];
    if (reference === undefined || now === undefined) return [];
    const noise = largerNoise(reference, noiseOfTries(test, metric));
    return [compareNumber(metric, { ...reference, ...noise }, now, tolerances[metric])];
  });
  if (metrics.length === 0) return undefined;
  const isRandom = [before.test, test].some(({ drawsRandom = false }) => drawsRandom);
  // With one run to compare with, chance and a change look the same.
  const clear = metrics.filter(({ isNoiseKnown }) => isNoiseKnown || !isRandom);
  const isUnclear = overall(clear) === 'equal' && overall(metrics) !== 'equal';
  const verdict = overall(isUnclear ? metrics : clear);
  return {
    before: before.test,
    test,
    key: recordKey(test),
    ...(before.test.file === test.file ? {} : { movedFrom: before.test.file }),
    ...(before.test.project === test.project
      ? {}
      : { wasInProject: before.test.project ?? '' }),
    ...(isSameList(before.test.titles, test.titles)
      ? {}
      : { wasCalled: before.test.titles }),
    verdict,
    isRandom,
    isUnclear,
    metrics,
    callsites: verdict === 'equal' ? [] : changedCallsites(before.test, test),
  };
}

function isSameList(one: readonly string[], other: readonly string[]): boolean {
  return one.length === other.length && one.every((item, index) => item === other[index]);
}

function isUnsure({ state }: TestRecord): boolean {
  return state !== 'passed';
}

function compareNumber(
  metric: RunMetric,
  { value, noise, isNoiseKnown }: Reference,
  now: number,
  tolerance: RunTolerance,
): RunMetricChange {
  const share = tolerance.relative * Math.abs(value);
  const floor = floorFor(tolerance, value);
  const allowed = Math.max(share, floor, noise);
  const difference = now - value;
  return {
    metric,
    before: value,
    now,
    difference,
    allowed,
    allowedBy: allowed === share ? 'relative' : allowed === floor ? 'absolute' : 'noise',
    verdict:
      Math.abs(difference) <= allowed
        ? 'equal'
        : difference < 0
          ? 'improved'
          : 'regressed',
    isNoiseKnown,
  };
}

function overall(metrics: readonly RunMetricChange[]): ChangeVerdict {
  for (const verdict of ['regressed', 'improved'] as const) {
    if (metrics.some((change) => change.verdict === verdict)) return verdict;
  }
  return 'equal';
}

/** Functions of both ledgers, paired although lines have shifted. */
function changedCallsites(
  before: TestRecord,
  now: TestRecord,
): readonly CallsiteChange[] {
  const [old, fresh] = [before.callsites, now.callsites];
  if (old === undefined || fresh === undefined) return [];
  return (['heap', 'native'] as const)
    .flatMap((ledger) => pairCallsites(recorded(old, ledger), recorded(fresh, ledger)))
    .filter(
      ({ bytesDifference, countDifference }) =>
        bytesDifference !== 0 || countDifference !== 0,
    )
    .sort((a, b) => Math.abs(b.bytesDifference) - Math.abs(a.bytesDifference));
}

function recorded(callsites: readonly CallsiteRecord[], ledger: 'heap' | 'native') {
  return addUpSites(callsites, lineKey)
    .filter((site) => site.ledger === ledger)
    .map(({ functionName, file, line, bytes, count }) => ({
      function: functionName,
      file,
      line,
      allocatedBytes: bytes,
      allocatedCount: count,
    }));
}

const ORDER: readonly ChangeVerdict[] = ['regressed', 'improved', 'equal'];

function byImportance(a: TestChange, b: TestChange): number {
  return (
    ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
    weightOf(b) - weightOf(a) ||
    (a.key < b.key ? -1 : 1)
  );
}

/** The largest difference that is of the test's verdict. */
function weightOf({ metrics, verdict }: TestChange): number {
  return Math.max(
    ...metrics
      .filter((change) => change.verdict === verdict)
      .map(({ difference }) => Math.abs(difference)),
  );
}
