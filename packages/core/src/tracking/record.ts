// A try of a test, and what the run file keeps of it.

import { sep } from 'node:path';
import type { TestName } from '../baseline/keys.js';
import { withBroken } from '../run/broken-limits.js';
import { pathBelow } from '../run/paths.js';
import type {
  BaselineOutcome,
  CallsiteRecord,
  FileIdentity,
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
  /** Whether its body came to its end: else the numbers are of a part of it. */
  isWhole: boolean;
  /** Of whole tries before it. */
  readonly earlierTries: readonly TestNumbers[];
  /** In this try or one before. */
  drawsRandom: boolean;
  notMeasured?: string | undefined;
  limits: readonly LimitRecord[];
  /** Those that tries before it broke, the latest first. */
  readonly brokenBefore: readonly LimitRecord[];
  hooksBytes: number;
  callsites: () => readonly Callsite[];
  baselines: readonly BaselineOutcome[];
}

const MOST_CALLSITES = 50;
/** With the last one as many as a history has. */
const MOST_EARLIER_TRIES = 19;

/** All of a record but whose it is. */
export function outcomeOf(
  attempt: Attempt,
  state: TestRecord['state'],
  inForce: LimitBytes,
  withCallsites: boolean,
  root: string,
): Omit<TestRecord, keyof TestIdentity> {
  const { test, tries, numbers, earlierTries, drawsRandom, notMeasured } = attempt;
  const { hooksBytes, baselines } = attempt;
  const limits = limitsOfTries(attempt);
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
    ...(hasRun && earlierTries.length > 0 && { earlierTries }),
    ...(hasRun && drawsRandom && { drawsRandom }),
    ...(hooksBytes > 0 && { hooks: { allocatedBytes: hooksBytes } }),
    ...(hasRun && numbers === undefined && notMeasured !== undefined && { notMeasured }),
    ...(callsites.length > 0 && { callsites }),
    ...(limits.length > 0 && { limits }),
    // A test that fails, as it should or not, did not do all it does.
    ...(!test.isFailing && unchecked(inForce, state, limits)),
    ...(baselines.length > 0 && { baselines }),
  };
}

/** What tries hand on to the next one. */
export function handedOn(
  attempt: Attempt | undefined,
): Pick<Attempt, 'earlierTries' | 'drawsRandom' | 'brokenBefore'> {
  if (attempt === undefined) {
    return { earlierTries: [], drawsRandom: false, brokenBefore: [] };
  }
  const { isWhole, numbers, earlierTries, drawsRandom } = attempt;
  const own = isWhole && numbers !== undefined ? [numbers] : [];
  return {
    earlierTries: [...earlierTries, ...own].slice(-MOST_EARLIER_TRIES),
    drawsRandom,
    brokenBefore: brokenUpTo(attempt),
  };
}

/** What the try before this one hands on: whatever comes later, that limit was broken. */
export function brokenUpTo(attempt: Attempt): readonly LimitRecord[] {
  const own = attempt.limits
    .filter(({ isBroken }) => isBroken)
    .map((limit) => ({ ...limit, inTry: attempt.tries }));
  return [...own, ...attempt.brokenBefore];
}

function limitsOfTries({ limits, brokenBefore }: Attempt): readonly LimitRecord[] {
  return withBroken(limits, brokenBefore);
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

export function identityOf(
  { titles, ordinal }: TestName,
  file: FileIdentity,
): TestIdentity {
  return { ...file, titles, ordinal: ordinal + 1 };
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
