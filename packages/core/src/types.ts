// The vocabulary of the whole project: every other file speaks in these types.

export type * from './types/baseline.js';
export type * from './types/leaks.js';
export type * from './types/process.js';
export type * from './types/retainers.js';
export type * from './types/run.js';

import type { Available, Fragmentation } from './types/process.js';
import type { Frame, NativeStack, RunOptions, Tier } from './types/run.js';

/** Where bytes live: V8's heap, memory outside it, or the sum of both. */
export type LedgerName = 'heap' | 'native' | 'total';

/** A function to measure. When it returns a thenable, calls are awaited one after another. */
export type MeasuredFunction = () => unknown;

/** A stack that allocates, with what it allocates. */
export interface Callsite {
  /** Innermost first; at least one frame. */
  readonly frames: readonly Frame[];
  /** Objects per call. */
  readonly allocatedCount: number;
  /** Bytes per call. */
  readonly allocatedBytes: number;
}

/** Options of {@link measure} and of the budget matchers. */
export interface MeasureOptions extends RunOptions {
  /** Default: `'baseline'`, the tier on which numbers do not depend on what ran before. */
  readonly tier?: Tier;
  /** Which ledger the top-level numbers speak of. Default: `'total'`. */
  readonly ledger?: LedgerName;
  /** Record the callsites that allocate. Default: true. */
  readonly callsites?: boolean;
}

/** A number with the evidence behind it. */
export interface Spread {
  /** One value per round, in the order measured. */
  readonly values: readonly number[];
  readonly minimum: number;
  readonly median: number;
  readonly maximum: number;
}

/** What one call costs on V8's heap. Bytes and objects per call. */
export interface HeapLedger {
  readonly allocatedBytes: number;
  readonly allocatedCount: number;
  /** High-water mark of what is live, above the start. */
  readonly peakBytes: number;
  /** High-water mark including garbage not yet collected, above the start. */
  readonly peakUsedBytes: number;
  /** Still reachable afterwards, per call. */
  readonly retainedBytes: number;
}

/** A stack that asks for native memory, with what it asks for. Lines are those of the calls. */
export interface NativeCallsite {
  /**
   * Innermost first. Empty for what no JavaScript asked for: threads of Node's pool and of addons, and
   * callbacks of addons.
   */
  readonly frames: readonly Frame[];
  /** Blocks per call. */
  readonly allocatedCount: number;
  /** Bytes per call. */
  readonly allocatedBytes: number;
  /** Of one call's bytes, those that were alive at its peak. */
  readonly peakBytes: number;
  /** Bytes per call that are still held afterwards. */
  readonly retainedBytes: number;
  /** With `native: true`; most bytes first. */
  readonly nativeStacks?: readonly NativeStack[];
}

/**
 * What one call costs outside V8's heap: blocks of `malloc` and its relatives, ArrayBuffer stores among them.
 * `undefined` is "not measured", never zero.
 */
export interface NativeLedger {
  readonly allocatedBytes: number | undefined;
  /** Blocks. */
  readonly allocatedCount: number | undefined;
  /** High-water mark above the start. What is dead but not collected yet is in it. */
  readonly peakBytes: number | undefined;
  /** Still held afterwards, per call. */
  readonly retainedBytes: number | undefined;
  /** Most bytes first; empty when `callsites: false`. */
  readonly callsites: readonly NativeCallsite[];
}

/** The names of the numbers that the native ledger has. */
export type NativeMetric =
  | 'allocatedBytes'
  | 'allocatedCount'
  | 'peakBytes'
  | 'retainedBytes';

/** Resident memory of the whole process around the measurement, in bytes. */
export interface ResidentMemory {
  readonly startBytes: number;
  readonly peakBytes: number;
  readonly endBytes: number;
}

/** Garbage collections inside the measured windows. */
export interface GcActivity {
  readonly minorCount: number;
  readonly majorCount: number;
  readonly pauseMs: number;
}

/** The names of the numbers a measurement can hold. */
export type Metric =
  | 'allocatedBytes'
  | 'allocatedCount'
  | 'peakBytes'
  | 'peakUsedBytes'
  | 'retainedBytes';

/** How a measurement was made; holds for every metric in it. */
export interface MeasurementContext {
  readonly tier: Tier;
  readonly ledger: LedgerName;
  /** Whether calls were awaited. */
  readonly kind: 'sync' | 'async';
  /**
   * Calls waited for the event loop (timers, files, sockets), not for promises alone: what Node makes for that depends
   * on when the answer comes. Absent where they did not, and where objects were not counted.
   */
  readonly waits?: true;
  /** Unmeasured calls made first. */
  readonly warmup: number;
  /** Calls per round of the byte window. */
  readonly iterations: number;
  readonly rounds: number;
  readonly nodeVersion: string;
  readonly durationMs: number;
  readonly rss: Available<ResidentMemory>;
  /** Of glibc's `malloc`. */
  readonly fragmentation?: Available<Fragmentation>;
  /** Why native memory, or the stacks that ask for it, are not known here; absent where they are. */
  readonly nativeUnavailable?: string;
  readonly gc: GcActivity;
}

/** The cost of one call, by ledger, with the evidence. */
export interface Measurement extends MeasurementContext {
  /** Sum of everything ever allocated by one call, in bytes, in the chosen ledger. */
  readonly allocatedBytes: number;
  /** Objects allocated on V8's heap by one call. */
  readonly allocatedCount: number;
  /** Live high-water mark above the start, in bytes, in the chosen ledger. */
  readonly peakBytes: number;
  /** High-water mark including uncollected garbage, in bytes: an upper bound of `peakBytes`. */
  readonly peakUsedBytes: number;
  /** Still reachable after a call, in bytes, in the chosen ledger. */
  readonly retainedBytes: number;
  readonly heap: HeapLedger;
  readonly native: NativeLedger;
  readonly spread: Readonly<Record<Metric, Spread>>;
  /** The evidence of the native ledger. */
  readonly nativeSpread: Partial<Readonly<Record<NativeMetric, Spread>>>;
  /** Largest first; empty when `callsites: false`. */
  readonly callsites: readonly Callsite[];
}

/**
 * A measurement of some metrics only: the matchers pay for the passes they need.
 * Metrics that were not asked for are absent.
 */
export interface PartialMeasurement extends MeasurementContext {
  readonly heap: Partial<HeapLedger>;
  readonly native: Partial<NativeLedger>;
  readonly spread: Partial<Record<Metric, Spread>>;
  readonly nativeSpread?: Partial<Readonly<Record<NativeMetric, Spread>>>;
  readonly callsites: readonly Callsite[];
}
