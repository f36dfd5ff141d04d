// The matcher that compares with what was recorded.

import { baselineDefaults, currentSession } from '../baseline/current.js';
import { currentWorld } from '../baseline/environment.js';
import {
  BASELINE_OPTION_NAMES,
  type BaselineOptions,
  type BaselineSettings,
  baselineSettings,
} from '../baseline/options.js';
import { noiseProblem, recordOf } from '../baseline/record.js';
import type {
  BaselineFailure,
  BaselineSession,
  Outcome,
  RunningTest,
} from '../baseline/session.js';
import { kindOf, tolerancesFor } from '../compare/tolerance.js';
import { errors } from '../errors.js';
import { type BaselineTextOptions, formatBaseline } from '../format/baseline-text.js';
import { survivingSites } from '../leaks.js';
import type { Maybe } from '../measure/flow.js';
import { type MeasureSettings, measureSettings } from '../measure/options.js';
import { measureMetrics, type Passes } from '../measure.js';
import { underWay } from '../progress.js';
import type { Callsite, MeasureOptions, PartialMeasurement } from '../types.js';
import { VERSION } from '../version.js';
import {
  announced,
  followedBy,
  type Matcher,
  type MatcherResult,
  nameOf,
  type ReportOptions,
  textOptions,
} from './common.js';

/** Options of `toMatchMemoryBaseline`. */
export interface BaselineMatcherOptions
  extends Omit<MeasureOptions, 'callsites' | 'ledger'>,
    BaselineOptions,
    ReportOptions {}

const NAME = 'toMatchMemoryBaseline';
// A peak is found by searching; what two searches disagree by is its noise.
const PEAK_SEARCHES = 2;

export const toMatchMemoryBaseline: Matcher<[options?: BaselineMatcherOptions]> =
  function (received, options) {
    if (this.isNot === true) throw errors.baselineNegated();
    const measuring = measureSettings(options, NAME, [
      'verbose',
      ...BASELINE_OPTION_NAMES,
    ]);
    if (options !== undefined && 'ledger' in options) {
      throw errors.unknownOption('ledger', NAME, ['metrics', 'tolerance']);
    }
    const settings = baselineSettings(options ?? {}, baselineDefaults());
    const { session, test } = whereWeAre();
    const key = session.claim(test, settings.name);

    const measured = underWay(NAME, this.currentTestName, () =>
      measureMetrics(received, NAME, measuring, passesFor(settings)),
    );
    const result = followedBy(measured, (lazy): Maybe<MatcherResult> => {
      const measurement = {
        ...lazy,
        callsites: lazy.callsites(),
        native: { ...lazy.native, callsites: lazy.nativeCallsites() },
      };
      const outcome = judge(session, key, measurement, settings);
      if (isPass(outcome))
        return { pass: true, message: () => `${key} matches its baseline` };
      return followedBy(survivors(outcome, received, measuring), (sites) => ({
        pass: false,
        message: () => {
          const text: BaselineTextOptions = {
            ...textOptions(this, options),
            ...nameOf(received),
            key,
            environment: session.environment,
            baselineFile: session.baselineFile,
            survivors: sites,
          };
          return formatBaseline(outcome, text);
        },
      }));
    });
    return announced(NAME, false, result);
  };

/** @throws HighwaterError `baseline-without-setup`, `baseline-concurrent` */
function whereWeAre(): {
  readonly session: BaselineSession;
  readonly test: RunningTest;
} {
  const session = currentSession();
  const test = session?.test;
  if (session === undefined || test === undefined) throw errors.baselineWithoutSetup();
  if (test.isConcurrent) throw errors.baselineConcurrent();
  return { session, test };
}

function passesFor({ metrics }: BaselineSettings): Passes {
  const isPeak = metrics.includes('peakBytes');
  return {
    // A peak is at most what is allocated.
    allocatedBytes: isPeak || metrics.includes('allocatedBytes'),
    peak: isPeak,
    peakRounds: PEAK_SEARCHES,
    retained: metrics.includes('retainedBytes'),
    // Always: the callsites are what a later failure explains itself by.
    counts: true,
    nativeSites: true,
  };
}

function judge(
  session: BaselineSession,
  key: string,
  measurement: PartialMeasurement,
  { metrics, required, tolerance, policy }: BaselineSettings,
): Outcome {
  const now = recordOf(measurement, {
    world: currentWorld(),
    highwater: VERSION,
    root: session.root,
    metrics,
  });
  const tolerances = tolerancesFor(kindOf(measurement), tolerance);
  const unfit = noiseProblem(measurement, metrics);
  return session.judge({ key, now, tolerances, required, policy, unfit });
}

function isPass(outcome: Outcome): outcome is Exclude<Outcome, BaselineFailure> {
  if (outcome.kind === 'missing') return outcome.isWarning;
  return outcome.kind !== 'regressed' && outcome.kind !== 'incomparable';
}

/** Who allocated what stays: recorded callsites do not know that. */
function survivors(
  outcome: Outcome,
  received: unknown,
  settings: MeasureSettings,
): Maybe<readonly Callsite[]> {
  const isRetained =
    outcome.kind === 'regressed' &&
    outcome.comparison.metrics.some(
      ({ ledger, metric, verdict }) =>
        ledger === 'heap' && metric === 'retainedBytes' && verdict === 'regressed',
    );
  return isRetained ? survivingSites(received, NAME, settings) : [];
}
