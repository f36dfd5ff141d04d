// Holds numbers against limits. Knows no wording and measures nothing.

import { errors } from './errors.js';
import { sum } from './stats.js';
import type {
  LeakReport,
  LeakVerdict,
  LedgerName,
  Metric,
  PartialMeasurement,
} from './types.js';

/** A number to hold against a limit. */
export interface BudgetQuestion {
  readonly metric: Metric;
  /** Bytes, or objects for `allocatedCount`. */
  readonly limit: number;
  readonly measurement: PartialMeasurement;
  readonly ledger: LedgerName;
}

/** How a number stands against its limit. Bytes, or objects for `allocatedCount`, per call. */
export interface BudgetVerdict {
  /** "Less than" is strict: exactly the limit is false. */
  readonly pass: boolean;
  readonly metric: Metric;
  readonly ledger: LedgerName;
  readonly limit: number;
  readonly actual: number;
  /** `actual - limit`: 0 or more when it failed. */
  readonly difference: number;
  /** What `actual` is made of; `undefined` is "not measured". */
  readonly parts: {
    readonly heap: number | undefined;
    readonly native: number | undefined;
  };
  /** Ledgers that were asked for and are missing from `actual`. */
  readonly unmeasured: readonly ('heap' | 'native')[];
}

/**
 * Judges one metric of one call against a limit.
 *
 * @throws HighwaterError `native-not-measured` when the native ledger alone is asked for and unknown
 */
export function judgeBudget(question: BudgetQuestion): BudgetVerdict {
  const { metric, limit, measurement, ledger } = question;
  const heap = measurement.heap[metric];
  const native = nativePart(measurement, metric);

  if (ledger === 'native' && native === undefined) {
    throw errors.nativeNotMeasured(metric, measurement.nativeUnavailable);
  }
  if (ledger !== 'native' && heap === undefined) {
    // A passing verdict about a number nobody measured would be the worst of bugs.
    throw new TypeError(`${metric} was judged but not measured`);
  }

  // A peak of the sum is at most the sum of the peaks; they need not fall together.
  const actual =
    ledger === 'heap'
      ? (heap ?? 0)
      : ledger === 'native'
        ? (native ?? 0)
        : (heap ?? 0) + (native ?? 0);
  return {
    pass: actual < limit,
    metric,
    ledger,
    limit,
    actual,
    difference: actual - limit,
    parts: { heap, native },
    unmeasured:
      ledger === 'total' && hasNativePart(metric) && native === undefined
        ? ['native']
        : [],
  };
}

/** Objects and garbage exist on V8's heap only. */
function hasNativePart(
  metric: Metric,
): metric is 'allocatedBytes' | 'peakBytes' | 'retainedBytes' {
  return metric !== 'allocatedCount' && metric !== 'peakUsedBytes';
}

function nativePart(measurement: PartialMeasurement, metric: Metric): number | undefined {
  return hasNativePart(metric) ? measurement.native[metric] : undefined;
}

/** What a leak report means for `toNotLeak`. */
export interface LeakJudgement {
  /** Holds `toNotLeak()`? Only when clean, or within what is allowed. */
  readonly pass: boolean;
  /** Holds `not.toNotLeak()`? Only when it leaks: undecided fails both. */
  readonly negatedPass: boolean;
  /** After `allow`: accepted growth is `clean`. */
  readonly verdict: LeakVerdict;
  /** Objects that stay, per call. */
  readonly objectsPerCall: number;
  /** Bytes that stay, per call, ArrayBuffer stores and other native memory included. */
  readonly bytesPerCall: number;
  /** The ArrayBuffer stores in `bytesPerCall`. */
  readonly arrayBufferBytesPerCall: number;
  /** The other native memory in `bytesPerCall`. */
  readonly nativeBytesPerCall: number;
  /** Bytes per call that were allowed; `undefined` when nothing was said. */
  readonly allowedBytesPerCall: number | undefined;
  /** It grew, and `allow` accepts that. */
  readonly isAccepted: boolean;
}

/** What a snapshot shows, stores included; else what callsites keep; else the heap's growth, unless it is not to blame. */
function heldBytesPerCall({
  groups,
  sites,
  nativeSites,
  heapBytesPerCall,
  arrayBufferBytesPerCall,
}: LeakReport): number {
  if (groups.length > 0) return sum(groups.map((group) => group.retainedBytesPerCall));
  if (nativeSites.length > 0) return Math.max(0, arrayBufferBytesPerCall);
  const siteBytes = sum(sites.map((site) => site.bytesPerCall));
  const heapBytes = siteBytes > 0 ? siteBytes : Math.max(0, heapBytesPerCall);
  return heapBytes + Math.max(0, arrayBufferBytesPerCall);
}

/**
 * Judges a leak report.
 *
 * @param allow growth that is accepted, in bytes per call; exactly that much still is
 */
export function judgeLeak(report: LeakReport, allow?: number): LeakJudgement {
  const arrayBufferBytesPerCall = Math.max(0, report.arrayBufferBytesPerCall);
  const nativeBytesPerCall = Math.max(
    0,
    (report.nativeBytesPerCall ?? 0) - arrayBufferBytesPerCall,
  );
  const bytesPerCall =
    report.verdict === 'clean'
      ? 0
      : Math.max(arrayBufferBytesPerCall, heldBytesPerCall(report)) + nativeBytesPerCall;

  // What is open has no size that could be allowed.
  const isOnlyOpen = bytesPerCall === 0 && report.resources.length > 0;
  const isAccepted =
    report.verdict !== 'clean' &&
    allow !== undefined &&
    bytesPerCall <= allow &&
    !isOnlyOpen;
  const verdict = isAccepted ? 'clean' : report.verdict;
  return {
    pass: verdict === 'clean',
    negatedPass: verdict === 'leak',
    verdict,
    objectsPerCall:
      report.groups.length > 0
        ? sum(report.groups.map((group) => group.objectsPerCall))
        : sum(report.sites.map((site) => site.objectsPerCall)),
    bytesPerCall,
    arrayBufferBytesPerCall,
    nativeBytesPerCall,
    allowedBytesPerCall: allow,
    isAccepted,
  };
}
