// What one call of a function costs.

import { type AllocatedBytes, measureAllocatedBytes } from './measure/allocated-bytes.js';
import { type Counts, measureCounts } from './measure/counts.js';
import type { Maybe, Steps } from './measure/flow.js';
import { type MeasureSettings, measureSettings } from './measure/options.js';
import { measurePeak, type Peaks } from './measure/peak.js';
import { resident, startResident } from './measure/resident.js';
import { measureRetained, type Retained } from './measure/retained.js';
import { type Run, runMeasured } from './measure/run.js';
import { type WarmUp, warmUp } from './measure/warm-up.js';
import { typical } from './stats.js';
import type {
  Callsite,
  LedgerName,
  Measurement,
  MeasureOptions,
  PartialMeasurement,
} from './types.js';

/** The passes a measurement can make; each costs time of its own. */
export interface Passes {
  readonly allocatedBytes?: boolean;
  readonly peak?: boolean;
  /** How often the peak is searched for. Default: 1. */
  readonly peakRounds?: number;
  readonly retained?: boolean;
  readonly counts?: boolean;
}

/** A measurement whose callsites are found when they are asked for. */
export interface LazyMeasurement extends Omit<PartialMeasurement, 'callsites'> {
  readonly callsites: () => readonly Callsite[];
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
  const passes = ALL_PASSES;
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
  const warm = yield* warmUp(run);
  const bytes = passes.allocatedBytes
    ? yield* measureAllocatedBytes(run, warm)
    : undefined;
  const peaks = passes.peak ? yield* measurePeak(run, passes.peakRounds) : undefined;
  const retained = passes.retained ? yield* measureRetained(run, warm) : undefined;
  const counts =
    passes.counts || settings.ignore.length > 0
      ? yield* measureCounts(run, warm)
      : undefined;
  return assemble(
    run,
    settings,
    warm,
    { bytes, peaks, retained, counts },
    resident(run.caller.addon, rss),
  );
}

interface Results {
  readonly bytes: AllocatedBytes | undefined;
  readonly peaks: Peaks | undefined;
  readonly retained: Retained | undefined;
  readonly counts: Counts | undefined;
}

function assemble(
  { caller: { kind }, clock }: Run,
  settings: MeasureSettings,
  warm: WarmUp,
  { bytes, peaks, retained, counts }: Results,
  rss: PartialMeasurement['rss'],
): LazyMeasurement {
  const ignoredBytes = counts?.ignoredBytes ?? 0;
  return {
    tier: settings.tier,
    ledger: settings.ledger,
    kind,
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
    gc: bytes?.gc ?? { minorCount: 0, majorCount: 0, pauseMs: 0 },
    heap: {
      ...(bytes && {
        allocatedBytes: Math.max(0, typical(bytes.allocatedBytes, kind) - ignoredBytes),
      }),
      ...(counts && { allocatedCount: typical(counts.allocatedCount, kind) }),
      ...(peaks && {
        peakBytes: peaks.peakBytes.median,
        peakUsedBytes: peaks.peakUsedBytes.median,
      }),
      ...(retained && { retainedBytes: retained.heapBytes.median }),
    },
    native: retained ? { retainedBytes: retained.arrayBufferBytes.median } : {},
    spread: {
      ...(bytes && { allocatedBytes: bytes.allocatedBytes }),
      ...(counts && { allocatedCount: counts.allocatedCount }),
      ...(peaks && { peakBytes: peaks.peakBytes, peakUsedBytes: peaks.peakUsedBytes }),
      ...(retained && { retainedBytes: retained.heapBytes }),
    },
    callsites: counts?.callsites ?? (() => []),
  };
}

function complete(measured: LazyMeasurement, settings: MeasureSettings): Measurement {
  const heap = measured.heap as Measurement['heap'];
  const native: Measurement['native'] = {
    allocatedBytes: undefined,
    peakBytes: undefined,
    retainedBytes: measured.native.retainedBytes ?? 0,
  };
  const { ledger } = settings;
  return {
    ...measured,
    allocatedBytes: inLedger(ledger, heap.allocatedBytes, native.allocatedBytes),
    allocatedCount: heap.allocatedCount,
    peakBytes: inLedger(ledger, heap.peakBytes, native.peakBytes),
    peakUsedBytes: heap.peakUsedBytes,
    retainedBytes: inLedger(ledger, heap.retainedBytes, native.retainedBytes),
    heap,
    native,
    spread: measured.spread as Measurement['spread'],
    callsites: settings.callsites ? measured.callsites() : [],
  };
}

function inLedger(ledger: LedgerName, heap: number, native: number | undefined): number {
  if (ledger === 'heap') return heap;
  // "Not measured" must not read as zero.
  if (ledger === 'native') return native ?? Number.NaN;
  return heap + (native ?? 0);
}
