// Holds one record against another. Knows no disk, no wording, and measures nothing.

import { blameFor } from './compare/blame.js';
import { pairCallsites } from './compare/callsites.js';
import { BASELINE_METRICS, type Tolerances } from './compare/tolerance.js';
import type {
  BaselineLedger,
  BaselineMetric,
  BaselineRecord,
  ChangeVerdict,
  Comparison,
  MetricChange,
  RecordedCallsite,
  RecordedNumber,
  Tolerance,
} from './types.js';

const LEDGERS: readonly BaselineLedger[] = ['heap', 'native'];
/** A question that two records cannot answer. */
export type Incomparable =
  | { readonly because: 'tier'; readonly baseline: string; readonly now: string }
  | { readonly because: 'node'; readonly baseline: string; readonly now: string }
  | { readonly because: 'highwater'; readonly baseline: string; readonly now: string }
  | { readonly because: 'metrics'; readonly missing: readonly BaselineMetric[] };

/**
 * Why two records say nothing about each other; `undefined` when they do. Numbers follow the tier, the
 * major version of Node and the way highwater measures more than they follow the code.
 *
 * @param required metrics that the baseline must have; with none, one that both have is enough
 */
export function incomparable(
  baseline: BaselineRecord,
  now: BaselineRecord,
  required: readonly BaselineMetric[] = [],
): Incomparable | undefined {
  if (baseline.tier !== now.tier) {
    return { because: 'tier', baseline: baseline.tier, now: now.tier };
  }
  if (major(baseline.node) !== major(now.node)) {
    return { because: 'node', baseline: baseline.node, now: now.node };
  }
  if (breaking(baseline.highwater) !== breaking(now.highwater)) {
    return { because: 'highwater', baseline: baseline.highwater, now: now.highwater };
  }
  const missing = required.filter((metric) =>
    LEDGERS.every((ledger) => baseline[ledger][metric] === undefined),
  );
  const isNone = pairsOf(baseline, now).length === 0;
  return missing.length > 0 || isNone ? { because: 'metrics', missing } : undefined;
}

/**
 * Judges every metric that both records have: beyond the tolerance, less is improved and more is regressed.
 *
 * The tolerance is the largest of: a share of the recorded number, which may be larger where there is
 * noise; an absolute floor (a percentage of zero is no number anybody wants); and the noise, which is the spread of both
 * records together.
 */
export function compareRecords(
  baseline: BaselineRecord,
  now: BaselineRecord,
  tolerances: Tolerances,
): Comparison {
  const metrics = pairsOf(baseline, now).map((pair) =>
    compareNumber(pair, tolerances[pair.ledger][pair.metric]),
  );
  const callsites = pairCallsites(baseline.callsites, now.callsites);
  const before = nativeSitesOf(baseline);
  const after = nativeSitesOf(now);
  // Where only one record knows them, all of the other's would look new.
  const nativeCallsites =
    before === undefined || after === undefined ? [] : pairCallsites(before, after);
  return {
    verdict: overall(metrics),
    metrics,
    callsites,
    nativeCallsites,
    blame: [
      ...blameFor('heap', metrics, callsites),
      ...blameFor('native', metrics, nativeCallsites),
    ],
  };
}

/** None where nothing is allocated; `undefined` where they are not known. */
function nativeSitesOf({
  native,
  nativeCallsites,
}: BaselineRecord): readonly RecordedCallsite[] | undefined {
  return nativeCallsites ?? (native.allocatedBytes?.value === 0 ? [] : undefined);
}

type Pair = Pick<MetricChange, 'ledger' | 'metric' | 'baseline' | 'now'>;

/** The numbers that both records have. */
function pairsOf(baseline: BaselineRecord, now: BaselineRecord): readonly Pair[] {
  return LEDGERS.flatMap((ledger) =>
    BASELINE_METRICS.flatMap((metric) => {
      const before = baseline[ledger][metric];
      const after = now[ledger][metric];
      if (before === undefined || after === undefined) return [];
      return [{ ledger, metric, baseline: before, now: after }];
    }),
  );
}

function compareNumber(pair: Pair, tolerance: Tolerance): MetricChange {
  const { baseline, now } = pair;
  const difference = now.value - baseline.value;
  const { allowed, allowedBy } = allowance(baseline, now, tolerance);
  const verdict =
    Math.abs(difference) <= allowed ? 'equal' : difference < 0 ? 'improved' : 'regressed';
  return { ...pair, difference, allowed, allowedBy, verdict };
}

function allowance(
  baseline: RecordedNumber,
  now: RecordedNumber,
  { relative, absolute, unsteady = relative }: Tolerance,
): Pick<MetricChange, 'allowed' | 'allowedBy'> {
  const noise = baseline.spread + now.spread;
  // Rounds of one process that disagree say that those of another may differ by more.
  const share = (noise > 0 ? unsteady : relative) * Math.abs(baseline.value);
  const allowed = Math.max(share, absolute, noise);
  const allowedBy =
    allowed === share ? 'relative' : allowed === absolute ? 'absolute' : 'noise';
  return { allowed, allowedBy };
}

function overall(metrics: readonly MetricChange[]): ChangeVerdict {
  for (const verdict of ['regressed', 'improved'] as const) {
    if (metrics.some((change) => change.verdict === verdict)) return verdict;
  }
  return 'equal';
}

/** `'22.1.0'` and `'v22.4.1'` have the same. */
function major(version: string): string {
  return version.replace(/^v/, '').split('.')[0] ?? '';
}

/** The part of a version that changes when numbers may: before 1.0 it is the minor. */
export function breaking(version: string): string {
  const [first = '', second = ''] = version.replace(/^v/, '').split('.');
  return first === '0' ? `0.${second}` : first;
}
