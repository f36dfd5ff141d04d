// What one call of a function costs.

import { type AllocatedBytes, measureAllocatedBytes } from './measure/allocated-bytes.js';
import { type Counts, measureCounts } from './measure/counts.js';
import type { Maybe, Steps } from './measure/flow.js';
import { measureNativePeak, type NativePeak } from './measure/native-peak.js';
import { measureNativeSites, type NativeSites } from './measure/native-sites.js';
import { type MeasureSettings, measureSettings } from './measure/options.js';
import { measurePeak, type Peaks } from './measure/peak.js';
import { resident, startResident } from './measure/resident.js';
import { measureRetained, type Retained } from './measure/retained.js';
import { type Run, runMeasured } from './measure/run.js';
import { type WarmUp, warmUp } from './measure/warm-up.js';
import { allocatorStats } from './process-memory.js';
import { typical } from './stats.js';
import type {
  AllocatorStats,
  Available,
  Callsite,
  Fragmentation,
  LedgerName,
  Measurement,
  MeasureOptions,
  NativeCallsite,
  PartialMeasurement,
  Spread,
} from './types.js';

/** The passes a measurement can make; each costs time of its own. */
export interface Passes {
  readonly allocatedBytes?: boolean;
  readonly peak?: boolean;
  /** How often the peak is searched for. Default: 1. */
  readonly peakRounds?: number;
  readonly retained?: boolean;
  readonly counts?: boolean;
  /** The callsites of native memory. */
  readonly nativeSites?: boolean;
}

/** A measurement whose callsites are found when they are asked for. */
export interface LazyMeasurement
  extends Omit<PartialMeasurement, 'callsites' | 'native'> {
  readonly callsites: () => readonly Callsite[];
  readonly native: Omit<PartialMeasurement['native'], 'callsites'>;
  readonly nativeCallsites: () => readonly NativeCallsite[];
}

const ALL_PASSES: Passes = {
  allocatedBytes: true,
  peak: true,
  retained: true,
  counts: true,
};

/**
 * Measures what one call of `fn` allocates, its peak and what it leaves behind.
 *
 * `fn` is called many times (about 100 for a small function), so every call must start
 * from the same state. When its first call returns a thenable, every call is awaited before
 * the next and the result is a promise.
 *
 * @throws HighwaterError with a `code`: `not-a-function`, `invalid-option`, `function-threw`
 *   (with its `cause`), `function-rejected`, `overlapping-measurement`, `sampling-busy`,
 *   `timeout`, `missing-addon`
 *
 * @example
 * const { allocatedBytes, callsites } = measure(() => parse(doc));
 */
export function measure<R>(
  fn: () => R,
  options?: MeasureOptions,
): R extends PromiseLike<unknown> ? Promise<Measurement> : Measurement;
export function measure(fn: () => unknown, options?: MeasureOptions): Maybe<Measurement> {
  const settings = measureSettings(options, 'measure');
  const passes = { ...ALL_PASSES, nativeSites: settings.callsites };
  return runMeasured(fn, 'measure', settings, function* (run) {
    const measured = yield* measureSteps(run, settings, passes);
    return complete(measured, settings);
  });
}

/**
 * Makes only the passes asked for.
 *
 * @param owner who measures, for errors: `'toAllocateLessThan'`
 * @throws as {@link measure} does
 */
export function measureMetrics(
  fn: unknown,
  owner: string,
  settings: MeasureSettings,
  passes: Passes,
): Maybe<LazyMeasurement> {
  return runMeasured(fn, owner, settings, (run) => measureSteps(run, settings, passes));
}

function* measureSteps(
  run: Run,
  settings: MeasureSettings,
  passes: Passes,
): Steps<LazyMeasurement> {
  const rss = startResident(run.caller.addon);
  const allocatorBefore = allocatorStats();
  const warm = yield* warmUp(run);
  const bytes = passes.allocatedBytes
    ? yield* measureAllocatedBytes(run, warm)
    : undefined;
  const peaks = passes.peak ? yield* measurePeak(run, passes.peakRounds) : undefined;
  const nativePeak = passes.peak ? yield* measureNativePeak(run) : undefined;
  const retained = passes.retained ? yield* measureRetained(run, warm) : undefined;
  const counts =
    passes.counts || settings.ignore.length > 0
      ? yield* measureCounts(run, warm)
      : undefined;
  // Most functions ask for none, and looking for the lines takes time.
  const isSomeNative =
    bytes === undefined || (bytes.native?.allocatedBytes.median ?? 0) > 0;
  const isIgnoring = settings.ignore.length > 0 && bytes !== undefined;
  const nativeSites =
    (passes.nativeSites || isIgnoring) && isSomeNative
      ? yield* measureNativeSites(run)
      : undefined;
  return assemble(
    run,
    settings,
    warm,
    { bytes, peaks, nativePeak, retained, counts, nativeSites },
    resident(run.caller.addon, rss),
    fragmentationSince(allocatorBefore),
  );
}

interface Results {
  readonly bytes: AllocatedBytes | undefined;
  readonly peaks: Peaks | undefined;
  readonly nativePeak: NativePeak | undefined;
  readonly retained: Retained | undefined;
  readonly counts: Counts | undefined;
  readonly nativeSites: NativeSites | undefined;
}

function assemble(
  { caller: { kind }, clock }: Run,
  settings: MeasureSettings,
  warm: WarmUp,
  { bytes, peaks, nativePeak, retained, counts, nativeSites }: Results,
  rss: PartialMeasurement['rss'],
  fragmentation: Available<Fragmentation>,
): LazyMeasurement {
  const heapBytes = heapBytesOf(kind, bytes, counts);
  const ignoredNativeBytes = nativeSites?.ignoredBytes ?? 0;
  const nativeUnavailable = [bytes, nativePeak, retained, nativeSites].find(
    (result) => result?.nativeUnavailable !== undefined,
  )?.nativeUnavailable;
  return {
    tier: settings.tier,
    ledger: settings.ledger,
    kind,
    ...(counts?.waits && { waits: true }),
    warmup: warm.calls,
    iterations: bytes?.iterations ?? counts?.iterations ?? retained?.iterations ?? 1,
    rounds: Math.max(
      bytes?.allocatedBytes.values.length ?? 0,
      counts?.allocatedCount.values.length ?? 0,
      retained?.heapBytes.values.length ?? 0,
      1,
    ),
    nodeVersion: process.version,
    durationMs: clock.elapsedMs(),
    rss,
    fragmentation,
    ...(nativeUnavailable !== undefined && { nativeUnavailable }),
    gc: bytes?.gc ?? { minorCount: 0, majorCount: 0, pauseMs: 0 },
    heap: {
      ...(heapBytes && { allocatedBytes: heapBytes.value }),
      ...(counts && { allocatedCount: typical(counts.allocatedCount, kind) }),
      ...(peaks && {
        peakBytes: peaks.peakBytes.median,
        peakUsedBytes: peaks.peakUsedBytes.median,
      }),
      ...(retained && { retainedBytes: retained.heapBytes.median }),
    },
    native: {
      ...(bytes?.native && {
        allocatedBytes: Math.max(
          0,
          typical(bytes.native.allocatedBytes, kind) - ignoredNativeBytes,
        ),
        allocatedCount: typical(bytes.native.allocatedCount, kind),
      }),
      ...(nativePeak?.peakBytes && { peakBytes: nativePeak.peakBytes.minimum }),
      ...(retained && { retainedBytes: Math.max(0, retained.nativeBytes.median) }),
    },
    spread: {
      ...(heapBytes && { allocatedBytes: heapBytes.spread }),
      ...(counts && { allocatedCount: counts.allocatedCount }),
      ...(peaks && { peakBytes: peaks.peakBytes, peakUsedBytes: peaks.peakUsedBytes }),
      ...(retained && { retainedBytes: retained.heapBytes }),
    },
    nativeSpread: {
      ...bytes?.native,
      ...(nativePeak?.peakBytes && { peakBytes: nativePeak.peakBytes }),
      ...(retained && { retainedBytes: retained.nativeBytes }),
    },
    callsites: counts?.callsites ?? (() => []),
    nativeCallsites: nativeSites?.sites ?? (() => []),
  };
}

/**
 * What a window around awaited calls sees depends on when V8 collected last (probably by tables of weak entries,
 * which timers, signals and sockets share). The objects that the calls make are the same, so where they were
 * counted the number is what they take. In a sync function both are alike, and the window is exact.
 */
function heapBytesOf(
  kind: Run['caller']['kind'],
  bytes: AllocatedBytes | undefined,
  counts: Counts | undefined,
): { readonly value: number; readonly spread: Spread } | undefined {
  if (bytes === undefined) return undefined;
  if (kind === 'async' && counts !== undefined) {
    return { value: typical(counts.objectBytes, kind), spread: counts.objectBytes };
  }
  const ignoredBytes = counts?.ignoredBytes ?? 0;
  const value = Math.max(0, typical(bytes.allocatedBytes, kind) - ignoredBytes);
  return { value, spread: bytes.allocatedBytes };
}

function fragmentationSince(before: Available<AllocatorStats>): Available<Fragmentation> {
  const after = allocatorStats();
  if ('unavailable' in before) return before;
  if ('unavailable' in after) return after;
  return { start: before.fragmentation, end: after.fragmentation };
}

function complete(measured: LazyMeasurement, settings: MeasureSettings): Measurement {
  const heap = measured.heap as Measurement['heap'];
  const { nativeCallsites, ...rest } = measured;
  const native: Measurement['native'] = {
    allocatedBytes: measured.native.allocatedBytes,
    allocatedCount: measured.native.allocatedCount,
    peakBytes: measured.native.peakBytes,
    retainedBytes: measured.native.retainedBytes,
    callsites: settings.callsites ? nativeCallsites() : [],
  };
  const { ledger } = settings;
  return {
    ...rest,
    allocatedBytes: inLedger(ledger, heap.allocatedBytes, native.allocatedBytes),
    allocatedCount: heap.allocatedCount,
    peakBytes: inLedger(ledger, heap.peakBytes, native.peakBytes),
    peakUsedBytes: heap.peakUsedBytes,
    retainedBytes: inLedger(ledger, heap.retainedBytes, native.retainedBytes),
    heap,
    native,
    spread: measured.spread as Measurement['spread'],
    nativeSpread: measured.nativeSpread ?? {},
    callsites: settings.callsites ? measured.callsites() : [],
  };
}

function inLedger(ledger: LedgerName, heap: number, native: number | undefined): number {
  if (ledger === 'heap') return heap;
  // "Not measured" must not read as zero.
  if (ledger === 'native') return native ?? Number.NaN;
  return heap + (native ?? 0);
}
