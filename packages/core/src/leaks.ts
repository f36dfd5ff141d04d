// Does something accumulate call after call?
//
// Calls are made in rounds of different lengths, so that what follows the calls (a leak) is
// told from what follows the rounds (the harness, timers). Each step looks closer than the one
// before, and only at what the one before could not clear:
//
//   quick look   a settled heap that stays equal to the byte proves there is nothing
//   first look   sampled: survivors per callsite
//   fill         at full speed, until a cache would have filled
//   last look    sampled again: what still grows now
//   snapshot     what the survivors are, and what holds them; V8's own structures are no leak

import type { CallsiteSeries } from './callsites.js';
import { census } from './leaks/census.js';
import { type Fill, fill, PLATEAU_CALLS } from './leaks/fill.js';
import {
  bytesFollowCalls,
  bytesFollowCallsInSteps,
  countFollowsCalls,
  isSuspicious,
  perCall,
  robustPerCall,
  STEP_BYTES_PER_CALL,
} from './leaks/growth.js';
import { type Observation, observe, siteReadings } from './leaks/observe.js';
import { firstRounds, lastRounds } from './leaks/plan.js';
import { quickLook } from './leaks/quick-look.js';
import { explain, type Finding } from './leaks/report.js';
import {
  type SurvivorOptions,
  type Survivors,
  takeSurvivors,
} from './leaks/survivors.js';
import { Stopwatch } from './leaks/timings.js';
import type { Maybe, Steps } from './measure/flow.js';
import { type RunSettings, runSettings } from './measure/options.js';
import { type Run, runMeasured } from './measure/run.js';
import { warmUp } from './measure/warm-up.js';
import { sum } from './stats.js';
import type { LeakOptions, LeakReport } from './types.js';

/** Shares of the time after which no further round begins. */
const FIRST_LOOK_SHARE = 0.3;
const FILL_SHARE = 0.8;
const LAST_LOOK_SHARE = 0.95;
/** A snapshot is cheaper than calls that take longer than this. */
const SNAPSHOT_FIRST_MS = 400;

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

/** {@link LeakOptions}, complete; `allow` is for who judges. */
export interface LeakSettings extends RunSettings {
  /** Of the last look. */
  readonly lastRoundCount: number | undefined;
  readonly snapshot: boolean;
}

/**
 * @param owner who takes the options, for the error
 * @throws HighwaterError `invalid-option`
 */
export function leakSettings(
  options: LeakOptions | undefined,
  owner: string,
  extra: readonly string[] = [],
): LeakSettings {
  const settings = runSettings(options, owner, ['allow', 'snapshot', ...extra]);
  const { HIGHWATER_SNAPSHOT: wanted = '' } = process.env;
  return {
    ...settings,
    lastRoundCount: options?.rounds,
    snapshot: options?.snapshot ?? !['', '0', 'false'].includes(wanted),
  };
}

/** {@link findLeaks} with checked settings, in the name of `owner`. */
export function observeLeaks(
  fn: unknown,
  owner: string,
  settings: LeakSettings,
): Maybe<LeakReport> {
  const name = (typeof fn === 'function' && fn.name) || 'leak';
  const found = runMeasured(fn, owner, settings, (run) =>
    leakSteps(run, settings, settings.snapshot ? name : undefined),
  );
  // Done when V8 may optimise again: a large file's source map takes a while to read.
  return found instanceof Promise ? found.then(explain) : explain(found);
}

function* leakSteps(
  run: Run,
  settings: LeakSettings,
  snapshotName: string | undefined,
): Steps<Finding> {
  const watch = new Stopwatch();
  const warm = yield* watch.timing('warmUpMs', warmUp(run));
  const quick = yield* watch.timing('plainMs', quickLook(run, warm));
  let calls = quick.calls;
  const finding = (
    verdict: LeakReport['verdict'],
    seen?: Observation,
    evidence: Pick<Finding, 'grown' | 'survivors'> = { grown: [] },
  ): Finding => ({
    verdict,
    calls,
    warmup: warm.calls,
    heapBytesPerCall: seen === undefined ? 0 : robustPerCall(seen.heapBytes),
    arrayBufferBytesPerCall:
      seen === undefined || verdict === 'clean'
        ? 0
        : Math.max(0, perCall(seen.arrayBufferBytes)),
    nodeVersion: process.version,
    durationMs: run.clock.elapsedMs(),
    timings: watch.timings,
    ...(seen && { seen }),
    ...evidence,
  });
  if (quick.isFlat) return finding('clean');

  // Growth that no callsite explains may be a backing store between two of its steps.
  const isUnexplained = quick.bytesPerCall >= STEP_BYTES_PER_CALL;
  const look = function* (
    lengths: readonly number[],
    timeShare: number,
    mayStop: boolean,
  ): Steps<Observation> {
    const seen = yield* watch.timing(
      'sampledMs',
      observe(run, lengths, { timeShare, mayStop }),
    );
    calls += sum(seen.lengths);
    return seen;
  };
  const survivorsOf = (seen: Observation, options: SurvivorOptions): Survivors =>
    watch.time('snapshotMs', () => takeSurvivors(run, seen, options));

  if (!quick.isGrowing) {
    const first = yield* look(firstRounds(settings, warm), FIRST_LOOK_SHARE, false);
    if (!isUnexplained && isQuiet(first)) return finding('clean', first);
    // Much that is made lazily, and only once, is told at a glance.
    const isFillingDear = warm.msPerCall * PLATEAU_CALLS > SNAPSHOT_FIRST_MS;
    if (isFillingDear && !isSuspicious(first.arrayBufferBytes)) {
      const survivors = survivorsOf(first, { withPaths: false });
      if (
        survivors.groups.length === 0 &&
        !hasGrownStore(survivors, first, warm.calls + calls)
      ) {
        return finding('clean', first);
      }
    }
  }

  // Collections take longer while objects have ids.
  run.caller.addon.forgetObjectIds();
  const filled: Fill = yield* watch.timing(
    'plainMs',
    fill(run, {
      callsBefore: warm.calls + calls,
      msPerCall: warm.msPerCall,
      timeShare: FILL_SHARE,
    }),
  );
  calls += filled.calls;
  if (filled.isFlat) return finding('clean');

  const hasFilled = warm.calls + calls >= PLATEAU_CALLS;
  const pace = { bytesPerCall: warm.bytesPerCall, msPerCall: filled.msPerCall };
  const last = yield* look(
    lastRounds(settings, settings.lastRoundCount, pace),
    LAST_LOOK_SHARE,
    !isUnexplained,
  );
  const growing = last.sites.filter((site) => grows(last, site));
  const stepping = last.sites.filter((site) => steps(last, site));
  const verdict = hasFilled ? 'leak' : 'undecided';
  if (growing.length > 0 || bytesFollowCalls(last.arrayBufferBytes)) {
    const survivors = survivorsOf(last, { withPaths: true, snapshotName });
    if (survivors.groups.length > 0 || bytesFollowCalls(last.arrayBufferBytes)) {
      return finding(verdict, last, { grown: growing, survivors });
    }
  }
  if (stepping.length === 0 && growing.length === 0) return finding('clean', last);

  const counted = yield* watch.timing('plainMs', census(run.caller, filled.msPerCall));
  calls += counted.calls;
  const collections = counted.growing;
  const survivors = survivorsOf(last, { withPaths: true, collections, snapshotName });
  const grown = stepping.length > 0 ? stepping : growing;
  return survivors.collections.length > 0 ||
    hasGrownStore(survivors, last, warm.calls + calls)
    ? finding(verdict, last, { grown, survivors })
    : finding('clean', last);
}

function isQuiet(seen: Observation): boolean {
  return (
    !seen.sites.some((site) => grew(seen, site)) && !isSuspicious(seen.arrayBufferBytes)
  );
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

function steps(seen: Observation, site: CallsiteSeries): boolean {
  return bytesFollowCallsInSteps(siteReadings(seen, site.bytes));
}

/**
 * A table or a text that grew, in something other than what a census counts: large enough to
 * hold something of every call.
 */
function hasGrownStore(
  { grownStores }: Survivors,
  seen: Observation,
  calls: number,
): boolean {
  const { lengths, values } = seen.heapBytes;
  const grownBytes = (values.at(-1) ?? 0) - (values[1] ?? 0);
  const leastBytes = sum(lengths) * STEP_BYTES_PER_CALL;
  const smallest = calls * STEP_BYTES_PER_CALL;
  // Twice as large, or half as large again: so much of a new store is growth.
  return grownStores.some(
    ({ storeBytes }) =>
      storeBytes >= smallest && grownBytes >= Math.max(leastBytes, storeBytes / 4),
  );
}
