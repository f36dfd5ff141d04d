// Does something accumulate call after call?
//
// Calls are made in rounds of different lengths, so that what follows the calls (a leak) is
// told from what follows the rounds (the harness, timers). Each step looks closer than the one
// before, and only at what the one before could not clear:
//
//   quick look   a settled heap that stays equal to the byte proves there is nothing
//   first look   every allocation sampled, for a few calls: does anything survive?
//   fill         at full speed, until a cache would have filled
//   age          the calls that decide: a snapshot shows what survived them, from which round
//                it is and what holds it; V8's own structures are no leak
//   census       collections that grow without new objects
//   blame        sampled again: where the survivors are allocated

import type { SurvivorPath } from './heap/paths.js';
import { type Aged, age, startAges } from './leaks/age.js';
import { type Blame, blame } from './leaks/blame.js';
import { census } from './leaks/census.js';
import { fill, PLATEAU_CALLS } from './leaks/fill.js';
import { firstLook } from './leaks/first-look.js';
import {
  FEWEST_OBJECTS_PER_CALL,
  perCall,
  robustPerCall,
  STEP_BYTES_PER_CALL,
} from './leaks/growth.js';
import { quickLook } from './leaks/quick-look.js';
import { type Evidence, explain, type Finding, leakSites } from './leaks/report.js';
import {
  buffersGrow,
  heapFollowsCalls,
  heapGrowth,
  isOfAllCalls,
  mayHaveGrownStore,
} from './leaks/stores.js';
import {
  type SurvivorOptions,
  type Survivors,
  takeSurvivors,
} from './leaks/survivors.js';
import { Stopwatch } from './leaks/timings.js';
import { arrayBufferBytes } from './measure/array-buffers.js';
import type { Maybe, Steps } from './measure/flow.js';
import { type RunSettings, runSettings } from './measure/options.js';
import { type Run, runMeasured } from './measure/run.js';
import { warmUp } from './measure/warm-up.js';
import { sum } from './stats.js';
import type { LeakOptions, LeakReport, LeakSite, RetainerKind } from './types.js';

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
  /** That decide. */
  readonly agedRoundCount: number | undefined;
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
    agedRoundCount: options?.rounds,
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

/** Where the survivors of `fn` are allocated, without a verdict. */
export function survivingSites(
  fn: unknown,
  owner: string,
  settings: RunSettings,
): Maybe<readonly LeakSite[]> {
  const found = runMeasured(fn, owner, settings, function* (run) {
    yield* warmUp(run);
    return yield* blame(run, 0);
  });
  const read = ({ grown, lengths }: Blame): readonly LeakSite[] =>
    leakSites(grown, lengths);
  return found instanceof Promise ? found.then(read) : read(found);
}

function* leakSteps(
  run: Run,
  settings: LeakSettings,
  snapshotName: string | undefined,
): Steps<Finding> {
  const { addon } = run.caller;
  const watch = new Stopwatch();
  const warm = yield* watch.timing('warmUpMs', warmUp(run));
  const bufferBytesBefore = arrayBufferBytes();
  let calls = 0;
  const finding = (
    verdict: LeakReport['verdict'],
    aged?: Aged,
    evidence?: Omit<Evidence, 'aged'>,
  ): Finding => ({
    verdict,
    calls,
    warmup: warm.calls,
    heapBytesPerCall: aged === undefined ? 0 : robustPerCall(aged.heapBytes),
    arrayBufferBytesPerCall:
      aged === undefined || evidence === undefined
        ? 0
        : Math.max(0, perCall(aged.arrayBufferBytes)),
    nodeVersion: process.version,
    durationMs: run.clock.elapsedMs(),
    timings: watch.timings,
    ...(aged && evidence && { evidence: { aged, ...evidence } }),
  });

  const quick = yield* watch.timing('plainMs', quickLook(run, warm));
  calls += quick.calls;
  if (quick.isFlat) return finding('clean');

  if (!quick.isGrowing) {
    const first = yield* watch.timing('sampledMs', firstLook(run, warm));
    calls += first?.calls ?? 0;
    // Growth that no callsite explains may be a store between two of its steps.
    const isExplained = quick.bytesPerCall < STEP_BYTES_PER_CALL;
    if (first?.isQuiet === true && isExplained) return finding('clean');
  }

  const firstMark = yield* watch.timing('plainMs', startAges(run));
  const filled = yield* watch.timing(
    'plainMs',
    fill(run, warm.calls + calls, warm.msPerCall),
  );
  calls += filled.calls;
  if (filled.isFlat) return finding('clean');

  const aged = yield* watch.timing(
    'plainMs',
    age(run, firstMark, filled, settings.agedRoundCount),
  );
  calls += sum(aged.lengths);
  const agedCalls = sum(aged.ageLengths);
  // The last round must lie beyond it, or most of it.
  const hasFilled = agedCalls - (aged.lengths.at(-1) ?? 0) / 2 >= PLATEAU_CALLS;
  const survivorsOf = (options: SurvivorOptions): Survivors =>
    watch.time('snapshotMs', () => takeSurvivors(run, aged, options));
  const accuse = function* (survivors: Survivors): Steps<Finding> {
    const members = sum(survivors.groups.map(({ count }) => count));
    addon.forgetObjectIds();
    const blamed = yield* watch.timing('sampledMs', blame(run, members / agedCalls));
    calls += sum(blamed.lengths);
    if (blamed.isIgnored) return finding('clean', aged);
    const isSure = hasFilled || survivors.paths.some(neverStops);
    return finding(isSure ? 'leak' : 'undecided', aged, { survivors, blame: blamed });
  };

  const isBuffers = buffersGrow(aged, bufferBytesBefore, calls);
  // Texts and lists that are copied to be longer are one new thing each time.
  const isHeap = heapFollowsCalls(filled, aged);
  const maySurvive = aged.mostSurvivorsPerCall >= FEWEST_OBJECTS_PER_CALL;
  if (isBuffers || isHeap || maySurvive) {
    const survivors = survivorsOf({ withLargest: isHeap, snapshotName });
    if (survivors.groups.length > 0) return yield* accuse(survivors);
    // What is left out explains its holder's growth, too.
    if (survivors.hasOthers) return finding('clean', aged);
    const isShown =
      isHeap && survivors.largestBytes >= heapGrowth(filled, aged) * SHOWN_SHARE;
    if (isBuffers || isShown) return yield* accuse(survivors);
  }
  // Tables of numbers.
  const callsBefore = warm.calls + calls - agedCalls;
  if (!hasFilled || !mayHaveGrownStore(filled, aged, callsBefore)) {
    return finding('clean', aged);
  }
  const counted = yield* watch.timing('plainMs', census(run.caller, filled.msPerCall));
  calls += counted.calls;
  const collections = counted.growing.filter((entries) => isOfAllCalls(entries, calls));
  const survivors = collections.length > 0 && survivorsOf({ collections, snapshotName });
  return survivors && survivors.collections.length > 0
    ? yield* accuse(survivors)
    : finding('clean', aged);
}

/** Of the heap's growth, what a snapshot must show of one thing. */
const SHOWN_SHARE = 0.5;

const ENDLESS: ReadonlySet<RetainerKind> = new Set([
  'listener',
  'timer',
  'reaction',
  'chained-promise',
  'await',
]);

/** Caches fill and then stop; nobody caches listeners, timers or what waits for a promise. */
function neverStops({ steps, firstNew }: SurvivorPath): boolean {
  return steps.slice(firstNew, firstNew + 1).some(({ kind }) => ENDLESS.has(kind));
}
