// Does something accumulate call after call?
//
// Calls are made in rounds of different lengths, so that what follows the calls (a leak) is
// told from what follows the rounds (the harness, timers): leaks/inquiry.ts has the steps.

import { isSnapshotWanted } from './heap/snapshot-file.js';
import { type Blame, blame } from './leaks/blame.js';
import { inquire } from './leaks/inquiry.js';
import { explain, leakSites } from './leaks/report.js';
import type { Maybe } from './measure/flow.js';
import { type RunSettings, runSettings } from './measure/options.js';
import { runMeasured } from './measure/run.js';
import { warmUp } from './measure/warm-up.js';
import type { Callsite, LeakOptions, LeakReport } from './types.js';

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
  return {
    ...settings,
    agedRoundCount: options?.rounds,
    snapshot: isSnapshotWanted(options?.snapshot),
  };
}

/**
 * {@link findLeaks} with checked settings, in the name of `owner`.
 *
 * @param testName what a snapshot is called by; outside tests by the function
 */
export function observeLeaks(
  fn: unknown,
  owner: string,
  settings: LeakSettings,
  testName?: string,
): Maybe<LeakReport> {
  const name = testName || (typeof fn === 'function' && fn.name) || 'leak';
  const found = runMeasured(fn, owner, settings, (run) =>
    inquire(run, {
      agedRoundCount: settings.agedRoundCount,
      snapshotName: settings.snapshot ? name : undefined,
    }),
  );
  // Done when V8 may optimise again: a large file's source map takes a while to read.
  return found instanceof Promise ? found.then(explain) : explain(found);
}

/** Where the survivors of `fn` are allocated, with what of it survives each call; no verdict. */
export function survivingSites(
  fn: unknown,
  owner: string,
  settings: RunSettings,
): Maybe<readonly Callsite[]> {
  const found = runMeasured(fn, owner, settings, function* (run) {
    yield* warmUp(run);
    return yield* blame(run, 0);
  });
  const read = ({ grown, lengths }: Blame): readonly Callsite[] =>
    leakSites(grown, lengths).map(({ frames, objectsPerCall, bytesPerCall }) => ({
      frames,
      allocatedCount: objectsPerCall,
      allocatedBytes: bytesPerCall,
    }));
  return found instanceof Promise ? found.then(read) : read(found);
}
