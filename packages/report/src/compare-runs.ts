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
import type { Reference, References, ReferenceTest } from './reference.js';
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
  readonly verdict: ChangeVerdict;
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
  const { pairs, added, removed } = pairTests(references, tests);
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
    removed,
    unjudged,
  };
}

interface Pair {
  readonly before: ReferenceTest;
  readonly test: TestRecord;
}

/**
 * By key. What is left by less and less of it, wherever exactly one test of each side has that: without the project,
 * whose name has changed; without the file, which was renamed; by its titles alone.
 */
function pairTests(
  references: References,
  tests: readonly TestRecord[],
): {
  readonly pairs: readonly Pair[];
  readonly added: readonly TestRecord[];
  readonly removed: readonly TestRecord[];
} {
  const left = new Map(references);
  const pairs: Pair[] = [];
  let added = tests;
  for (const nameOf of NAMES) {
    const gone = groupBy(
      [...left.values()].map(({ test }) => test),
      nameOf,
    );
    const came = groupBy(added, nameOf);
    added = added.filter((test) => {
      const name = nameOf(test);
      const [old, ...more] = gone.get(name) ?? [];
      const isOne = more.length === 0 && came.get(name)?.length === 1;
      const before = old === undefined ? undefined : left.get(recordKey(old));
      if (before === undefined || !isOne) return true;
      pairs.push({ before, test });
      left.delete(recordKey(before.test));
      return false;
    });
  }
  return { pairs, added, removed: [...left.values()].map(({ test }) => test) };
}

/** What a test is recognised by, the surest first. */
const NAMES: readonly ((test: TestRecord) => string)[] = [
  recordKey,
  ({ file, titles, ordinal }) => JSON.stringify([file, titles, ordinal]),
  ({ project, titles, ordinal }) => JSON.stringify([project ?? '', titles, ordinal]),
  ({ titles, ordinal }) => JSON.stringify([titles, ordinal]),
];

function groupBy(
  tests: readonly TestRecord[],
  nameOf: (test: TestRecord) => string,
): ReadonlyMap<string, readonly TestRecord[]> {
  const groups = new Map<string, TestRecord[]>();
  for (const test of tests) {
    const name = nameOf(test);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [test]);
    else group.push(test);
  }
  return groups;
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
    return [compareNumber(metric, reference, now, tolerances[metric])];
  });
  if (metrics.length === 0) return undefined;
  const verdict = overall(metrics);
  return {
    before: before.test,
    test,
    key: recordKey(test),
    ...(before.test.file === test.file ? {} : { movedFrom: before.test.file }),
    ...(before.test.project === test.project
      ? {}
      : { wasInProject: before.test.project ?? '' }),
    verdict,
    metrics,
    callsites: verdict === 'equal' ? [] : changedCallsites(before.test, test),
  };
}

function isUnsure({ state }: TestRecord): boolean {
  return state !== 'passed';
}

function compareNumber(
  metric: RunMetric,
  { value, noise }: Reference,
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
