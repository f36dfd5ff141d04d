// What a baseline records of one call, and what is said of two records.

import type { Tier } from './run.js';

/** The numbers a baseline keeps, of V8's heap and of native memory apart. */
export type BaselineMetric =
  | 'allocatedBytes'
  | 'allocatedCount'
  | 'peakBytes'
  | 'retainedBytes';

/** Where the bytes live. A baseline never adds the two up. */
export type BaselineLedger = 'heap' | 'native';

/** One number with its evidence. Bytes, or objects for `allocatedCount`, per call. */
export interface RecordedNumber {
  /** The median over the rounds; of an async function the smallest round. */
  readonly value: number;
  /** How far the rounds lie apart, without the outermost ones when there are enough. */
  readonly spread: number;
  readonly rounds: number;
}

/** The numbers of one ledger. What was not measured is absent. */
export type RecordedLedger = Partial<Readonly<Record<BaselineMetric, RecordedNumber>>>;

/** A function that allocates. Its line says where it was, not which one it is. */
export interface RecordedCallsite {
  /** `''` for a nameless function. */
  readonly function: string;
  /** Relative to the project's root, with `/`; `''` is a builtin of V8. */
  readonly file: string;
  /** 1-based line where the function starts; 0 when unknown. */
  readonly line: number;
  /** Objects per call; blocks, of native memory. */
  readonly allocatedCount: number;
  /** Bytes per call. */
  readonly allocatedBytes: number;
}

/** Callsites that were too small to be listed, added up. */
export interface OtherCallsites {
  readonly siteCount: number;
  readonly allocatedCount: number;
  readonly allocatedBytes: number;
}

/** The cost of one call in one environment. */
export interface BaselineRecord {
  /** Exact versions of what measured. */
  readonly highwater: string;
  readonly node: string;
  readonly v8: string;
  readonly tier: Tier;
  /** Whether calls were awaited: other tasks allocate in between. */
  readonly kind: 'sync' | 'async';
  /** Calls waited for the event loop. */
  readonly waits?: true;
  readonly heap: RecordedLedger;
  readonly native: RecordedLedger;
  /** By file, function and line. */
  readonly callsites: readonly RecordedCallsite[];
  readonly otherCallsites?: OtherCallsites;
  /** Those of native memory, in blocks and their bytes; absent where there is none. */
  readonly nativeCallsites?: readonly RecordedCallsite[];
}

/** Allowed change of a number; the largest counts. */
export interface Tolerance {
  /** A share of the recorded number: 0.02 is 2 %. */
  readonly relative: number;
  /** Bytes, or objects for `allocatedCount`. */
  readonly absolute: number;
  /** A larger share, where the rounds of either record disagree. */
  readonly unsteady?: number;
}

/** Less is better, for every metric. */
export type ChangeVerdict = 'equal' | 'improved' | 'regressed';

/** One number of both records. */
export interface MetricChange {
  readonly ledger: BaselineLedger;
  readonly metric: BaselineMetric;
  readonly baseline: RecordedNumber;
  readonly now: RecordedNumber;
  /** `now - baseline`. */
  readonly difference: number;
  /** A difference of up to this much is none. Bytes, or objects for `allocatedCount`. */
  readonly allowed: number;
  /** Which of the three was the largest. */
  readonly allowedBy: 'relative' | 'absolute' | 'noise';
  readonly verdict: ChangeVerdict;
}

/** One function of both records; absent on the side that did not list it. */
export interface CallsiteChange {
  readonly baseline: RecordedCallsite | undefined;
  readonly now: RecordedCallsite | undefined;
  readonly bytesDifference: number;
  readonly countDifference: number;
}

/** What a regression is made of. */
export interface Blame {
  readonly ledger: BaselineLedger;
  /** What the changes are counted in. */
  readonly by: 'allocatedBytes' | 'allocatedCount';
  /** Fewest callsites that make up 90 % of the change, largest first; or all there are. */
  readonly callsites: readonly CallsiteChange[];
  /** Share of the metric's change that they account for; 1 is all of it. */
  readonly share: number;
}

/** Two records held side by side. */
export interface Comparison {
  /** `regressed` when any metric is; else `improved` when any is. */
  readonly verdict: ChangeVerdict;
  readonly metrics: readonly MetricChange[];
  /** Largest change first; those without a change too. */
  readonly callsites: readonly CallsiteChange[];
  /** The same of native memory; none where a record does not have them. */
  readonly nativeCallsites: readonly CallsiteChange[];
  /** Of the first regressed metric that callsites can explain, of each ledger. */
  readonly blame: readonly Blame[];
}
