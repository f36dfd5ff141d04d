// The matchers, written once. A runner hands them to its own `expect.extend`.

import { type BudgetVerdict, judgeBudget, judgeLeak } from './budget.js';
import { parseBytes, parseCount } from './bytes.js';
import { collectableSettings, type SnapshotTarget, watchResult } from './collectable.js';
import { formatBudget } from './format/budget-text.js';
import { formatCollectable } from './format/collectable-text.js';
import { formatLeak } from './format/leak-text.js';
import { isSnapshotWanted } from './heap/snapshot-file.js';
import { leakSettings, observeLeaks, survivingSites } from './leaks.js';
import {
  type BaselineMatcherOptions,
  toMatchMemoryBaseline,
} from './matchers/baseline.js';
import {
  announced,
  followedBy,
  type Matcher,
  type MatcherContext,
  type MatcherResult,
  nameOf,
  type ReportOptions,
  textOptions,
} from './matchers/common.js';
import type { Maybe } from './measure/flow.js';
import { type MeasureSettings, measureSettings } from './measure/options.js';
import { type LazyMeasurement, measureMetrics, type Passes } from './measure.js';
import { underWay } from './progress.js';
import type {
  CollectableOptions,
  LeakOptions,
  MeasureOptions,
  Metric,
  PartialMeasurement,
} from './types.js';

export type BudgetMatcherOptions = Omit<MeasureOptions, 'callsites'> & ReportOptions;
export type LeakMatcherOptions = LeakOptions & ReportOptions;
/** Options of `toBeCollectable`. */
export interface CollectableMatcherOptions extends CollectableOptions, ReportOptions {
  /**
   * Write a heap snapshot for Chrome DevTools to `.highwater/` when the object is still held. So does
   * the environment variable `HIGHWATER_SNAPSHOT`. Default: false.
   */
  readonly snapshot?: boolean;
}

export type { BaselineMatcherOptions } from './matchers/baseline.js';
export type { MatcherContext, MatcherResult, ReportOptions } from './matchers/common.js';

/** The matchers by name, in the form `expect.extend` takes. */
export type Matchers = {
  readonly toAllocateLessThan: Matcher<
    [size: number | string, options?: BudgetMatcherOptions]
  >;
  readonly toAllocateFewerThan: Matcher<[count: number, options?: BudgetMatcherOptions]>;
  readonly toPeakBelow: Matcher<[size: number | string, options?: BudgetMatcherOptions]>;
  readonly toRetainLessThan: Matcher<
    [size: number | string, options?: BudgetMatcherOptions]
  >;
  readonly toNotLeak: Matcher<[options?: LeakMatcherOptions]>;
  readonly toBeCollectable: Matcher<[options?: CollectableMatcherOptions]>;
  readonly toMatchMemoryBaseline: Matcher<[options?: BaselineMatcherOptions]>;
};

/**
 * What a user types after `expect(fn)`. Every matcher but `toBeCollectable` calls `fn` many times.
 *
 * @typeParam Returned what the runner's `expect` gives back for the received function
 * @typeParam Awaited what it gives back for a promise
 */
export interface MemoryAssertions<Returned, Awaited = Promise<void>> {
  /** One call allocates less than `size`: `'5MB'`, `'1.5 MiB'` or a number of bytes. */
  toAllocateLessThan(size: number | string, options?: BudgetMatcherOptions): Returned;
  /** One call allocates fewer than `count` objects on V8's heap. */
  toAllocateFewerThan(count: number, options?: BudgetMatcherOptions): Returned;
  /** What one call holds at the same time stays below `size`, above the start. */
  toPeakBelow(size: number | string, options?: BudgetMatcherOptions): Returned;
  /** One call leaves less than `size` reachable. */
  toRetainLessThan(size: number | string, options?: BudgetMatcherOptions): Returned;
  /** Nothing accumulates call after call. */
  toNotLeak(options?: LeakMatcherOptions): Returned;
  /**
   * The object that `fn` returns, or that its promise is resolved with, can be collected once it is
   * dropped. Always `await` it: what `fn` left to a later turn of the event loop may let go of it there.
   */
  toBeCollectable(options?: CollectableMatcherOptions): Awaited;
  /**
   * One call costs what the committed baseline of this test says, within a tolerance. Without a baseline
   * one is recorded, but not in CI; `-u` records anew what differs.
   */
  toMatchMemoryBaseline(options?: BaselineMatcherOptions): Returned;
}

export const matchers: Matchers = {
  toMatchMemoryBaseline,
  toAllocateLessThan: budgetMatcher({
    name: 'toAllocateLessThan',
    metric: 'allocatedBytes',
    parse: parseBytes,
    passes: { allocatedBytes: true },
    blame: allocators,
  }),
  toAllocateFewerThan: budgetMatcher({
    name: 'toAllocateFewerThan',
    metric: 'allocatedCount',
    parse: parseCount,
    passes: { counts: true },
    blame: allocators,
  }),
  toPeakBelow: budgetMatcher({
    name: 'toPeakBelow',
    metric: 'peakBytes',
    parse: parseBytes,
    passes: { peak: true },
    blame: allocators,
  }),
  toRetainLessThan: budgetMatcher({
    name: 'toRetainLessThan',
    metric: 'retainedBytes',
    parse: parseBytes,
    passes: { retained: true },
    blame: survivors,
  }),
  toNotLeak(received, options) {
    const settings = leakSettings(options, 'toNotLeak', ['verbose']);
    const allow =
      options?.allow === undefined
        ? undefined
        : parseBytes(options.allow, 'option `allow` of toNotLeak');
    const negated = this.isNot === true;
    const { currentTestName } = this;
    const observed = underWay('toNotLeak', currentTestName, () =>
      observeLeaks(received, 'toNotLeak', settings, currentTestName),
    );
    const result = followedBy(observed, (report) => {
      const judgement = judgeLeak(report, allow);
      return {
        // What is undecided holds neither way.
        pass: negated ? !judgement.negatedPass : judgement.pass,
        message: () =>
          formatLeak(judgement, report, {
            ...textOptions(this, options),
            ...nameOf(received),
            negated,
          }),
      };
    });
    return announced('toNotLeak', negated, result);
  },
  toBeCollectable(received, options) {
    const name = 'toBeCollectable';
    const settings = collectableSettings(options, name, ['snapshot', 'verbose']);
    const negated = this.isNot === true;
    const snapshot = negated ? undefined : snapshotTarget(this, options, received);
    const watched = underWay(name, this.currentTestName, () =>
      watchResult(received, name, settings, snapshot),
    );
    const result = watched.then(
      (report): MatcherResult => ({
        pass: report.isCollected,
        message: () =>
          formatCollectable(report, {
            ...textOptions(this, options),
            ...nameOf(received),
            negated,
          }),
      }),
    );
    return announced(name, negated, result);
  },
};

interface BudgetMatcher<Limit> {
  readonly name: string;
  readonly metric: Metric;
  readonly parse: (limit: Limit, what: string) => number;
  readonly passes: Passes;
  /** Finds the callsites to blame; only called when the matcher fails. */
  readonly blame: Blame;
}

/** The culprits by ledger, found when the text is made. */
type Culprits = Partial<Pick<LazyMeasurement, 'callsites' | 'nativeCallsites'>>;

type Blame = (
  received: unknown,
  name: string,
  settings: MeasureSettings,
  verdict: BudgetVerdict,
) => Maybe<Culprits>;

function budgetMatcher<Limit extends number | string>(
  budget: BudgetMatcher<Limit>,
): Matcher<[limit: Limit, options?: BudgetMatcherOptions]> {
  const { name, metric, parse, passes, blame } = budget;
  return function (received, limitAsWritten, options) {
    const limit = parse(limitAsWritten, `the limit of ${name}`);
    const settings = measureSettings(options, name, ['verbose']);
    const negated = this.isNot === true;
    const judged = (): Maybe<MatcherResult> =>
      followedBy(measureMetrics(received, name, settings, passes), (measured) => {
        const verdict = judgeBudget({
          metric,
          limit,
          ledger: settings.ledger,
          measurement: withSites(measured, {}),
        });
        const failed = (culprits: Culprits): MatcherResult => ({
          pass: verdict.pass,
          message: () =>
            formatBudget(verdict, withSites(measured, culprits), {
              ...textOptions(this, options),
              ...nameOf(received),
              negated,
            }),
        });
        // Failing a negated budget needs no culprit: it allocated too little.
        if (verdict.pass) return failed({});
        return followedBy(blame(received, name, settings, verdict), failed);
      });
    const result = underWay(name, this.currentTestName, judged);
    return announced(name, negated, result);
  };
}

/** The stacks that allocate most. */
function allocators(
  ...[received, name, settings, verdict]: Parameters<Blame>
): ReturnType<Blame> {
  return measureMetrics(received, name, settings, {
    counts: verdict.ledger !== 'native',
    nativeSites: isNativeToBlame(verdict),
  });
}

/** The stacks whose objects and blocks are still there. */
function survivors(
  ...[received, name, settings, verdict]: Parameters<Blame>
): ReturnType<Blame> {
  const onHeap = followedBy(survivingSites(received, name, settings), (sites) => ({
    callsites: () => sites,
  }));
  if (!isNativeToBlame(verdict)) return onHeap;
  return followedBy(onHeap, (culprits) =>
    followedBy(
      measureMetrics(received, name, settings, { nativeSites: true }),
      ({ nativeCallsites }) => ({ ...culprits, nativeCallsites }),
    ),
  );
}

function isNativeToBlame({ ledger, parts }: BudgetVerdict): boolean {
  return ledger !== 'heap' && (parts.native ?? 0) > 0;
}

function withSites(
  measured: LazyMeasurement,
  { callsites, nativeCallsites }: Culprits,
): PartialMeasurement {
  return {
    ...measured,
    callsites: callsites?.() ?? [],
    native: { ...measured.native, callsites: nativeCallsites?.() ?? [] },
  };
}

function snapshotTarget(
  { currentTestName }: MatcherContext,
  options: CollectableMatcherOptions | undefined,
  received: unknown,
): SnapshotTarget | undefined {
  if (!isSnapshotWanted(options?.snapshot)) return undefined;
  const { name = '' } = nameOf(received);
  return { folder: process.cwd(), name: currentTestName ?? name };
}
