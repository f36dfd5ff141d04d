// The vocabulary of the whole project: every other file speaks in these types.

/** Which optimisation tier the measured code runs on. */
export type Tier = 'baseline' | 'optimized';

/** Where bytes live: V8's heap, memory outside it, or the sum of both. */
export type LedgerName = 'heap' | 'native' | 'total';

/** A function to measure. When it returns a thenable, calls are awaited one after another. */
export type MeasuredFunction = () => unknown;

/** One frame of an allocating stack, in the user's own source coordinates. */
export interface Frame {
  /** `''` for anonymous functions. */
  readonly functionName: string;
  /** Absolute path, `node:` specifier, or `''` when V8 knows no script (builtins). */
  readonly file: string;
  /** 1-based line where the function starts; 0 when unknown. */
  readonly line: number;
  /** 1-based column where the function starts; 0 when unknown. */
  readonly column: number;
  /** Whose code this is: decides what is shown and what is trimmed. */
  readonly origin: 'user' | 'dependency' | 'node' | 'runner' | 'highwater' | 'builtin';
}

/** A stack that allocates, with what it allocates. */
export interface Callsite {
  /** Innermost first; at least one frame. */
  readonly frames: readonly Frame[];
  /** Objects per call. */
  readonly allocatedCount: number;
  /** Bytes per call. */
  readonly allocatedBytes: number;
}

/**
 * Leaves callsites out of a measurement. A string matches when a frame's file
 * contains it or its function name equals it; a RegExp is tested against both.
 */
export type IgnoreRule = string | RegExp | ((site: SiteIdentity) => boolean);

/** What an {@link IgnoreRule} function is shown. */
export interface SiteIdentity {
  /** Innermost first. */
  readonly frames: readonly Frame[];
}

/** Options shared by everything that runs a function to measure it. */
export interface RunOptions {
  /** Unmeasured calls made first. Default: until the cost of a call is steady, at least 10. */
  readonly warmup?: number;
  /** Calls per round. Default: chosen from the cost of a call. */
  readonly iterations?: number;
  /** Independent repetitions; the median of them is reported. Default: 5. */
  readonly rounds?: number;
  /** Callsites to leave out of the numbers. */
  readonly ignore?: readonly IgnoreRule[];
  /** Show the frames of Node and V8 too, instead of the user's frame that called them. Default: false. */
  readonly internals?: boolean;
  /**
   * Upper bound for one measurement, in milliseconds: it makes fewer rounds, and fails when even
   * that takes longer. Default: an aim of 4,000; without the option a measurement
   * only fails when no call returns any more.
   */
  readonly timeoutMs?: number;
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

/** What one call costs outside V8's heap. `undefined` is "not measured", never zero. */
export interface NativeLedger {
  readonly allocatedBytes: number | undefined;
  readonly peakBytes: number | undefined;
  /** ArrayBuffer stores still held afterwards, per call. */
  readonly retainedBytes: number;
}

/** A reading the platform may not offer. */
export type Available<T> = T | { readonly unavailable: string };

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
  /** Unmeasured calls made first. */
  readonly warmup: number;
  /** Calls per round of the byte window. */
  readonly iterations: number;
  readonly rounds: number;
  readonly nodeVersion: string;
  readonly durationMs: number;
  readonly rss: Available<ResidentMemory>;
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
  readonly callsites: readonly Callsite[];
}

/** Options of {@link findLeaks} and `toNotLeak`. */
export interface LeakOptions extends RunOptions {
  /** Growth per call that is accepted, e.g. `'1kB'`. Default: none. */
  readonly allow?: number | string;
}

/** One reading of a growing callsite. */
export interface LeakPoint {
  /** Calls made since the observation began. */
  readonly calls: number;
  /** Objects of this callsite alive after a settled collection. */
  readonly liveCount: number;
  readonly liveBytes: number;
}

/** A callsite whose survivors follow the number of calls. */
export interface LeakSite {
  /** Innermost first. */
  readonly frames: readonly Frame[];
  readonly objectsPerCall: number;
  readonly bytesPerCall: number;
  readonly series: readonly LeakPoint[];
}

/**
 * `leak`: something follows the number of calls. `clean`: nothing does.
 * `undecided`: something still grew when the time budget ended, and it could be a cache that fills.
 */
export type LeakVerdict = 'clean' | 'leak' | 'undecided';

/** The facts behind a leak verdict. */
export interface LeakReport {
  readonly verdict: LeakVerdict;
  /** Calls observed, warm-up not included. */
  readonly calls: number;
  readonly warmup: number;
  /** Growth of V8's heap per call over the settled readings, in bytes. */
  readonly heapBytesPerCall: number;
  /** Growth of ArrayBuffer stores per call, in bytes. */
  readonly arrayBufferBytesPerCall: number;
  /** Most bytes per call first. */
  readonly sites: readonly LeakSite[];
  readonly nodeVersion: string;
  readonly durationMs: number;
}
