// Whether a run may pass: its limits, its baselines, and what it is held against.

import {
  type BaselineOutcome,
  type FileRecord,
  inProject,
  type LimitRecord,
  type RunFile,
  recordKey,
  type TestRecord,
} from '@highwater/core';
import {
  compareFiles,
  type FileChange,
  type FileReferences,
  type FilesComparison,
} from './compare-files.js';
import { compareTests, type RunComparison, type TestChange } from './compare-runs.js';
import type { References } from './reference.js';
import type { RunTolerances } from './tolerance.js';

/** Something to tell of one test, or of one file. */
export type Finding = TestFinding | FileFinding;

export type TestFinding =
  | (Subject & { readonly kind: 'limit'; readonly limit: LimitRecord })
  | (Subject & { readonly kind: 'baseline'; readonly outcome: BaselineOutcome })
  | (Subject & { readonly kind: 'change'; readonly change: TestChange });

/** Of what a file leaves behind. */
export type FileFinding =
  | (FileSubject & { readonly kind: 'file-limit'; readonly limit: LimitRecord })
  | (FileSubject & { readonly kind: 'left-behind'; readonly change: FileChange });

interface Subject extends Told {
  readonly test: TestRecord;
}

interface FileSubject extends Told {
  readonly record: FileRecord;
}

interface Told {
  /** Of the test, or the file's. */
  readonly key: string;
  /** `worse` fails the gate; `better` when it was asked to; `unknown` never. */
  readonly direction: 'worse' | 'better' | 'unknown';
  readonly isFailure: boolean;
}

/** What fails a gate beside regressions and broken limits. */
export type FailOn = 'improved' | 'incomplete' | 'left-behind';

export interface GateOptions {
  readonly references?: References;
  /** What files left behind. */
  readonly fileReferences?: FileReferences;
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
    readonly files: number;
  };
  readonly comparison: RunComparison | undefined;
  /** What files leave behind; undefined where nobody looked in either run. */
  readonly files: FilesComparison | undefined;
  /** Tests that passed without being held against the limits in force. */
  readonly unchecked: readonly TestRecord[];
  readonly uncheckedFiles: readonly FileRecord[];
}

export function judgeRun(run: RunFile, options: GateOptions): GateResult {
  const { references, fileReferences, tolerances, failOn = [] } = options;
  const comparison =
    references === undefined
      ? undefined
      : compareTests(references, run.tests, tolerances);
  const files =
    fileReferences === undefined
      ? undefined
      : compareFiles(fileReferences, run.files, tolerances.leftBehindBytes);
  const isFailing = (direction: Subject['direction']): boolean =>
    direction === 'worse' || (direction === 'better' && failOn.includes('improved'));
  const findings = [
    ...run.tests.flatMap((test) => ownFindings(test, isFailing)),
    ...run.files.flatMap(brokenFileLimits),
    ...(comparison?.changes ?? []).flatMap((change) => changeFinding(change, isFailing)),
    ...(files?.changes ?? []).flatMap((change) => leftFinding(change, isFailing)),
  ].sort((a, b) => rankOf(a) - rankOf(b));
  const unchecked = uncheckedTests(run);
  const uncheckedFiles = run.files.filter(isUnchecked);
  const missing = run.problems.length + unchecked.length + uncheckedFiles.length;
  const isIncomplete =
    (failOn.includes('incomplete') && missing > 0) ||
    (failOn.includes('left-behind') && !isComplete(files));
  return {
    run,
    isPassed:
      run.faults === undefined &&
      !isIncomplete &&
      !findings.some(({ isFailure }) => isFailure),
    findings,
    judged: {
      limits:
        countOf(run.tests, (test) => test.limits) +
        countOf(run.files, (file) => file.limits),
      baselines: countOf(run.tests, (test) => test.baselines),
      compared: comparison?.changes.filter(({ isUnclear }) => !isUnclear).length ?? 0,
      files: files?.changes.length ?? 0,
    },
    comparison,
    files,
    unchecked,
    uncheckedFiles,
  };
}

/** Tests that passed although nobody held them against the limits they are under. */
export function uncheckedTests({ tests }: RunFile): readonly TestRecord[] {
  return tests.filter(isUnchecked);
}

/** Whether a test or a file is under limits that nobody held it against. */
export function isUnchecked({
  limitsUnchecked = [],
}: Pick<TestRecord, 'limitsUnchecked'>): boolean {
  return limitsUnchecked.length > 0;
}

/** Whether every file of both runs was looked at. */
function isComplete(files: FilesComparison | undefined): boolean {
  return (
    files !== undefined && files.notLooked === undefined && files.unjudged.length === 0
  );
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
  const { test, key, isUnclear } = change;
  const direction = isUnclear
    ? 'unknown'
    : change.verdict === 'regressed'
      ? 'worse'
      : 'better';
  const isFailure = isFailing(direction);
  return [{ kind: 'change', change, test, key, direction, isFailure }];
}

/** A file is over when these are known: nothing but the gate fails by them. */
function brokenFileLimits(record: FileRecord): readonly Finding[] {
  return (record.limits ?? [])
    .filter(({ isBroken }) => isBroken)
    .map((limit) => ({
      kind: 'file-limit',
      limit,
      record,
      key: inProject(record.project, record.file),
      direction: 'worse',
      isFailure: true,
    }));
}

function leftFinding(
  change: FileChange,
  isFailing: (direction: Subject['direction']) => boolean,
): readonly Finding[] {
  if (change.verdict === 'equal') return [];
  const direction = change.verdict === 'regressed' ? 'worse' : 'better';
  const { file: record } = change;
  const isFailure = isFailing(direction);
  return [
    {
      kind: 'left-behind',
      change,
      record,
      key: inProject(record.project, record.file),
      direction,
      isFailure,
    },
  ];
}

function countOf<Item>(
  items: readonly Item[],
  list: (item: Item) => readonly unknown[] | undefined,
): number {
  return items.reduce((sum, item) => sum + (list(item)?.length ?? 0), 0);
}

const KINDS: readonly Finding['kind'][] = [
  'limit',
  'file-limit',
  'baseline',
  'change',
  'left-behind',
];

/** Sorting is stable: within one rank the order of the run stays. */
function rankOf({ isFailure, kind }: Finding): number {
  return (isFailure ? 0 : KINDS.length) + KINDS.indexOf(kind);
}
