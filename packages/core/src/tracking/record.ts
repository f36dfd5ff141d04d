// A try of a test, and what the run file keeps of it.

import { sep } from 'node:path';
import type { TestName } from '../baseline/keys.js';
import { pathBelow } from '../run/paths.js';
import type {
  BaselineOutcome,
  CallsiteRecord,
  LimitRecord,
  TestIdentity,
  TestNumbers,
  TestRecord,
} from '../run/types.js';
import type { Callsite, Frame } from '../types.js';
import { LIMIT_NAMES, type LimitBytes } from './limits.js';

/** A test while it runs. */
export interface TrackedTest extends TestName {
  /** The same in every try of the test. */
  readonly identity: object;
  /** Why its numbers would not be its own: `'it is concurrent'`. */
  readonly notMeasurable?: string;
  /** It passes when it fails. */
  readonly isFailing: boolean;
  /** 1-based. */
  readonly line?: number;
}

/** One try of it. */
export interface Attempt {
  readonly test: TrackedTest;
  tries: number;
  numbers?: TestNumbers | undefined;
  notMeasured?: string | undefined;
  limits: readonly LimitRecord[];
  /** Those of the last try before it that broke one. */
  readonly brokenBefore: readonly LimitRecord[];
  hooksBytes: number;
  callsites: () => readonly Callsite[];
  baselines: readonly BaselineOutcome[];
}

const MOST_CALLSITES = 50;

/** All of a record but whose it is. */
export function outcomeOf(
  attempt: Attempt,
  state: TestRecord['state'],
  inForce: LimitBytes,
  withCallsites: boolean,
  root: string,
): Omit<TestRecord, keyof TestIdentity> {
  const { test, tries, numbers, notMeasured, hooksBytes, baselines } = attempt;
  const limits = limitsToTell(attempt, state);
  const hasRun = state !== 'skipped';
  const callsites = withCallsites
    ? attempt
        .callsites()
        .slice(0, MOST_CALLSITES)
        .map((site) => siteOf(site, root))
    : [];
  return {
    ...(test.line !== undefined && { line: test.line }),
    state,
    ...(tries > 1 && { tries }),
    ...(hasRun && numbers !== undefined && { measured: numbers }),
    ...(hooksBytes > 0 && { hooks: { allocatedBytes: hooksBytes } }),
    ...(hasRun && numbers === undefined && notMeasured !== undefined && { notMeasured }),
    ...(callsites.length > 0 && { callsites }),
    ...(limits.length > 0 && { limits }),
    // A test that fails, as it should or not, did not do all it does.
    ...(!test.isFailing && unchecked(inForce, state, limits)),
    ...(baselines.length > 0 && { baselines }),
  };
}

/** A test that is repeated fails by any of its repeats: a limit that an earlier one broke is told, too. */
function limitsToTell(
  { limits, brokenBefore }: Attempt,
  state: TestRecord['state'],
): readonly LimitRecord[] {
  return state === 'failed' && brokenBefore.length > 0 && !hasBroken(limits)
    ? brokenBefore
    : limits;
}

export function hasBroken(limits: readonly LimitRecord[]): boolean {
  return limits.some(({ isBroken }) => isBroken);
}

/** The limits of the suite that a test passed without being held against them. */
export function unchecked(
  inForce: LimitBytes,
  state: TestRecord['state'],
  checked: readonly LimitRecord[] = [],
): Pick<TestRecord, 'limitsUnchecked'> {
  if (state !== 'passed') return {};
  const limitsUnchecked = LIMIT_NAMES.filter(
    (name) =>
      inForce[name] !== undefined && !checked.some(({ metric }) => metric === name),
  );
  return limitsUnchecked.length > 0 ? { limitsUnchecked } : {};
}

/** @param file relative to the project's root */
export function identityOf({ titles, ordinal }: TestName, file: string): TestIdentity {
  return { file, titles, ordinal: ordinal + 1 };
}

function siteOf(
  { frames, allocatedBytes, allocatedCount }: Callsite,
  root: string,
): CallsiteRecord {
  const index = Math.max(
    0,
    frames.findIndex(({ origin }) => origin === 'user'),
  );
  const frame = frames[index];
  // A function that calls itself says nothing of who called it.
  const caller = frames
    .slice(index + 1)
    .find((one) => one.origin === 'user' && !isSameFunction(one, frame));
  return {
    ledger: 'heap',
    ...placeOf(frame, root),
    bytes: Math.round(allocatedBytes),
    count: Math.round(allocatedCount),
    ...(caller !== undefined && { caller: placeOf(caller, root) }),
  };
}

function isSameFunction(one: Frame, other: Frame | undefined): boolean {
  return (
    one.functionName === other?.functionName &&
    one.file === other.file &&
    one.line === other.line
  );
}

function placeOf(
  frame: Frame | undefined,
  root: string,
): Pick<CallsiteRecord, 'functionName' | 'file' | 'line'> {
  const { functionName = '', file = '', line = 0 } = frame ?? {};
  const isBelow = file.startsWith(`${root}${sep}`);
  return { functionName, file: isBelow ? pathBelow(root, file) : file, line };
}

/** Of a test, in its file. */
export function keyOf({ titles, ordinal }: TestName): string {
  return JSON.stringify([titles, ordinal]);
}
