// Whether a run may pass: its limits, its baselines, and what it is held against.

import {
  type BaselineOutcome,
  type LimitRecord,
  type RunFile,
  recordKey,
  type TestRecord,
} from '@highwater/core';
import { compareTests, type RunComparison, type TestChange } from './compare-runs.js';
import type { References } from './reference.js';
import type { RunTolerances } from './tolerance.js';

/** Something to tell of one test. */
export type Finding =
  | (Subject & { readonly kind: 'limit'; readonly limit: LimitRecord })
  | (Subject & { readonly kind: 'baseline'; readonly outcome: BaselineOutcome })
  | (Subject & { readonly kind: 'change'; readonly change: TestChange });

interface Subject {
  readonly test: TestRecord;
  readonly key: string;
  /** `worse` fails the gate; `better` when it was asked to; `unknown` never. */
  readonly direction: 'worse' | 'better' | 'unknown';
  readonly isFailure: boolean;
}

/** What fails a gate beside regressions and broken limits. */
export type FailOn = 'improved' | 'incomplete';

export interface GateOptions {
  readonly references?: References;
  readonly tolerances: RunTolerances;
  readonly failOn?: readonly FailOn[];
}

export interface GateResult {
  readonly run: RunFile;
  readonly isPassed: boolean;
  /** Failures first. */
  readonly findings: readonly Finding[];
  /** How much there was to judge by. All 0: nothing was judged. */
  readonly judged: {
    readonly limits: number;
    readonly baselines: number;
    readonly compared: number;
  };
  readonly comparison: RunComparison | undefined;
  /** Tests that passed without being held against the limits in force. */
  readonly unchecked: readonly TestRecord[];
}

export function judgeRun(run: RunFile, options: GateOptions): GateResult {
  const { references, tolerances, failOn = [] } = options;
  const comparison =
    references === undefined
      ? undefined
      : compareTests(references, run.tests, tolerances);
  const isFailing = (direction: Subject['direction']): boolean =>
    direction === 'worse' || (direction === 'better' && failOn.includes('improved'));
  const findings = [
    ...run.tests.flatMap((test) => ownFindings(test, isFailing)),
    ...(comparison?.changes ?? []).flatMap((change) => changeFinding(change, isFailing)),
  ].sort((a, b) => rankOf(a) - rankOf(b));
  const unchecked = uncheckedTests(run);
  const isIncomplete =
    failOn.includes('incomplete') && run.problems.length + unchecked.length > 0;
  return {
    run,
    isPassed: !isIncomplete && !findings.some(({ isFailure }) => isFailure),
    findings,
    judged: {
      limits: countOf(run.tests, (test) => test.limits),
      baselines: countOf(run.tests, (test) => test.baselines),
      compared: comparison?.changes.length ?? 0,
    },
    comparison,
    unchecked,
  };
}

/** Tests that passed although nobody held them against the limits they are under. */
export function uncheckedTests({ tests }: RunFile): readonly TestRecord[] {
  return tests.filter(({ limitsUnchecked = [] }) => limitsUnchecked.length > 0);
}

/** A baseline of the test that has regressed is in the file that is committed. */
const DIRECTIONS: Readonly<
  Record<BaselineOutcome['verdict'], Subject['direction'] | undefined>
> = {
  regressed: 'worse',
  improved: 'better',
  missing: 'unknown',
  equal: undefined,
  recorded: undefined,
};

function ownFindings(
  test: TestRecord,
  isFailing: (direction: Subject['direction']) => boolean,
): readonly Finding[] {
  if (test.limits === undefined && test.baselines === undefined) return [];
  const key = recordKey(test);
  const broken = (test.limits ?? [])
    .filter(({ isBroken }) => isBroken)
    .map(
      (limit): Finding => ({
        kind: 'limit',
        limit,
        test,
        key,
        direction: 'worse',
        isFailure: true,
      }),
    );
  const outcomes = (test.baselines ?? []).flatMap((outcome): readonly Finding[] => {
    const direction = DIRECTIONS[outcome.verdict];
    if (direction === undefined) return [];
    const isFailure = isFailing(direction);
    return [{ kind: 'baseline', outcome, test, key, direction, isFailure }];
  });
  return [...broken, ...outcomes];
}

function changeFinding(
  change: TestChange,
  isFailing: (direction: Subject['direction']) => boolean,
): readonly Finding[] {
  if (change.verdict === 'equal') return [];
  const direction = change.verdict === 'regressed' ? 'worse' : 'better';
  const { test, key } = change;
  const isFailure = isFailing(direction);
  return [{ kind: 'change', change, test, key, direction, isFailure }];
}

function countOf(
  tests: readonly TestRecord[],
  list: (test: TestRecord) => readonly unknown[] | undefined,
): number {
  return tests.reduce((sum, test) => sum + (list(test)?.length ?? 0), 0);
}

const KINDS: readonly Finding['kind'][] = ['limit', 'baseline', 'change'];

/** Sorting is stable: within one rank the order of the run stays. */
function rankOf({ isFailure, kind }: Finding): number {
  return (isFailure ? 0 : KINDS.length) + KINDS.indexOf(kind);
}
