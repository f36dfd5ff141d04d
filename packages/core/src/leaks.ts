// Does something accumulate call after call?
//
// Every allocation is sampled, and what is still alive is counted per callsite after each
// round. The rounds have different lengths, so survivors that follow the calls (a leak) are
// told from those that follow the rounds (the harness, timers). Anything that grew in a
// short observation is observed again for long enough that a cache would have filled.

import { type CallsiteSeries, mapSites } from './callsites.js';
import {
  bytesFollowCalls,
  bytesFollowCallsInSteps,
  countFollowsCalls,
  isSuspicious,
  perCall,
  robustPerCall,
  STEP_BYTES_PER_CALL,
  typicalPerCall,
} from './leaks/growth.js';
import { type Observation, observe, sampledMs, siteReadings } from './leaks/observe.js';
import { type QuickLook, quickLook } from './leaks/quick-look.js';
import type { Maybe, Steps } from './measure/flow.js';
import { type RunSettings, runSettings } from './measure/options.js';
import { type Run, runMeasured } from './measure/run.js';
import { type WarmUp, warmUp } from './measure/warm-up.js';
import { mapToSource } from './source-map.js';
import { sum } from './stats.js';
import type { LeakOptions, LeakReport, LeakSite, LeakVerdict } from './types.js';

const ROUND_PATTERN = [1, 3, 2, 4] as const;
// Slow leaks (one object every 10th or 25th call) must show in a short observation.
const MOST_UNIT = 25;
const FEWEST_UNIT = 3;
const FIRST_LOOK_MS = 100;
/** A cache of this many entries, touched once per call, has filled. */
const PLATEAU_CALLS = 1_000;
const LONG_ROUNDS = [100, 200, 100, 300, 100, 200, 150, 250] as const;
const STEP_ROUNDS = [200, 300, 500, 400, 900, 600, 1_100] as const;

/**
 * Finds what `fn` accumulates call after call.
 *
 * A promise of the report when the first call of `fn` returns a thenable.
 *
 * @throws HighwaterError as `measure` does
 */
export function findLeaks<R>(
  fn: () => R,
  options?: LeakOptions,
): R extends PromiseLike<unknown> ? Promise<LeakReport> : LeakReport;
export function findLeaks(fn: () => unknown, options?: LeakOptions): Maybe<LeakReport> {
  return observeLeaks(fn, 'findLeaks', leakSettings(options, 'findLeaks'));
}

/**
 * @param owner who takes the options, for the error
 * @throws HighwaterError `invalid-option`
 */
export function leakSettings(
  options: LeakOptions | undefined,
  owner: string,
  extra: readonly string[] = [],
): RunSettings {
  return runSettings(options, owner, ['allow', ...extra]);
}

/** {@link findLeaks} with checked settings, in the name of `owner`. */
export function observeLeaks(
  fn: unknown,
  owner: string,
  settings: RunSettings,
): Maybe<LeakReport> {
  const found = runMeasured(fn, owner, settings, leakSteps);
  return found instanceof Promise ? found.then(explain) : explain(found);
}

/** A report whose sites are still in the coordinates of the compiled code. */
interface Finding extends Omit<LeakReport, 'sites'> {
  readonly seen: Observation;
  readonly grown: readonly CallsiteSeries[];
}

function* leakSteps(run: Run): Steps<LeakReport | Finding> {
  const warm = yield* warmUp(run);
  const quick = yield* quickLook(run, warm);
  if (quick.isFlat) return flatReport(run, warm, quick);

  // Growth that no callsite explains may be a backing store between two of its steps.
  const isUnexplained = quick.bytesPerCall >= STEP_BYTES_PER_CALL;
  let calls = quick.calls;
  const finding = (
    verdict: LeakVerdict,
    seen: Observation,
    grown: readonly CallsiteSeries[] = [],
  ): Finding => ({
    verdict,
    calls,
    warmup: warm.calls,
    heapBytesPerCall: robustPerCall(seen.heapBytes),
    arrayBufferBytesPerCall:
      verdict === 'clean' ? 0 : Math.max(0, perCall(seen.arrayBufferBytes)),
    nodeVersion: process.version,
    durationMs: run.clock.elapsedMs(),
    seen,
    grown,
  });
  if (!quick.isGrowing) {
    const short = yield* observe(run, firstRounds(run, warm), {
      timeShare: 0.5,
      mayStop: false,
    });
    calls += sum(short.lengths);
    if (!isUnexplained && isQuiet(short)) return finding('clean', short);
  }

  let long = yield* observe(run, LONG_ROUNDS, {
    timeShare: 0.95,
    mayStop: !isUnexplained,
  });
  calls += sum(long.lengths);
  let grown = long.sites.filter((site) => grows(long, site));
  const mayBeStore =
    grown.length === 0 &&
    !long.isCutShort &&
    long.sites.some((site) => hasStep(long, site));
  if (mayBeStore) {
    long = yield* observe(run, STEP_ROUNDS, { timeShare: 0.95, mayStop: false });
    calls += sum(long.lengths);
    grown = long.sites.filter((site) => grows(long, site) || steps(long, site));
  }

  const storesGrow = bytesFollowCalls(long.arrayBufferBytes);
  if (grown.length === 0 && !storesGrow) return finding('clean', long);
  const isSure = sum(long.lengths) > PLATEAU_CALLS;
  return finding(isSure ? 'leak' : 'undecided', long, grown);
}

// Done when V8 may optimise again: a large file's source map takes a while to read.
function explain(found: LeakReport | Finding): LeakReport {
  if (!('seen' in found)) return found;
  const { seen, grown, ...report } = found;
  return { ...report, sites: leakSites(seen, grown) };
}

function flatReport({ clock }: Run, warm: WarmUp, { calls }: QuickLook): LeakReport {
  return {
    verdict: 'clean',
    calls,
    warmup: warm.calls,
    heapBytesPerCall: 0,
    arrayBufferBytesPerCall: 0,
    sites: [],
    nodeVersion: process.version,
    durationMs: clock.elapsedMs(),
  };
}

function isQuiet(seen: Observation): boolean {
  return (
    !seen.sites.some((site) => grew(seen, site)) && !isSuspicious(seen.arrayBufferBytes)
  );
}

function firstRounds({ settings }: Run, warm: WarmUp): readonly number[] {
  const unit = settings.iterations ?? firstUnit(warm);
  return ROUND_PATTERN.map((times) => times * unit);
}

function firstUnit(warm: WarmUp): number {
  const affordable =
    FIRST_LOOK_MS / sum(ROUND_PATTERN) / Math.max(0.001, sampledMs(warm));
  return Math.max(FEWEST_UNIT, Math.min(MOST_UNIT, Math.floor(affordable)));
}

function grew(seen: Observation, site: CallsiteSeries): boolean {
  return (
    isSuspicious(siteReadings(seen, site.counts)) ||
    isSuspicious(siteReadings(seen, site.bytes))
  );
}

function grows(seen: Observation, site: CallsiteSeries): boolean {
  return (
    countFollowsCalls(siteReadings(seen, site.counts)) ||
    bytesFollowCalls(siteReadings(seen, site.bytes))
  );
}

function hasStep(seen: Observation, site: CallsiteSeries): boolean {
  return isSuspicious(siteReadings(seen, site.bytes));
}

function steps(seen: Observation, site: CallsiteSeries): boolean {
  return bytesFollowCallsInSteps(siteReadings(seen, site.bytes));
}

function leakSites(
  seen: Observation,
  grown: readonly CallsiteSeries[],
): readonly LeakSite[] {
  return mapSites(grown, mapToSource)
    .map(({ frames, counts, bytes }) => ({
      frames,
      objectsPerCall: typicalPerCall(siteReadings(seen, counts)),
      bytesPerCall: typicalPerCall(siteReadings(seen, bytes)),
      series: points(seen.lengths, counts, bytes),
    }))
    .sort(
      (a, b) => b.bytesPerCall - a.bytesPerCall || b.objectsPerCall - a.objectsPerCall,
    );
}

function points(
  lengths: readonly number[],
  counts: readonly number[],
  bytes: readonly number[],
): LeakSite['series'] {
  let calls = 0;
  return lengths.map((length, round) => {
    calls += length;
    return { calls, liveCount: counts[round] ?? 0, liveBytes: bytes[round] ?? 0 };
  });
}
