// How much a leak keeps, in numbers that add up: those of the first line are the sums of the rows below it.

import type { LeakJudgement } from '../budget.js';
import { formatBytes } from '../bytes.js';
import { sum } from '../stats.js';
import type { LeakGroup, LeakReport } from '../types.js';
import { classCount } from './class-words.js';
import { listed, plural } from './wording.js';

/** Calls that all numbers of a text are of: so many that about one object or more stays. */
export interface CallUnit {
  readonly calls: number;
  /** `per call`, `per 25 calls`. */
  readonly per: string;
  /** `every call keeps`, `every 25 calls keep`. */
  readonly every: (verb: string) => string;
}

const MOST_CLASSES = 3;
/** Less of everything is noise of the readings, and would be the tail of every first line. */
const LEAST_SHARE = 0.005;

/** @param groups merged, most bytes first */
export function callUnit(
  report: LeakReport,
  judgement: LeakJudgement,
  [main]: readonly LeakGroup[],
): CallUnit {
  const [collection] = report.collections;
  const [growth] = report.growths;
  if (report.nativeSites.length > 0) return unitOf(1);
  const perCall =
    main?.objectsPerCall ??
    collection?.entriesPerCall ??
    (growth !== undefined ? 1 : judgement.objectsPerCall);
  return unitOf(perCall > 0 ? perCall : 1);
}

export function unitOf(objectsPerCall: number): CallUnit {
  const calls = callsPerObject(objectsPerCall);
  return {
    calls,
    per: calls === 1 ? 'per call' : `per ${plural(calls, 'call')}`,
    every: (verb) =>
      calls === 1 ? `every call ${verb}s` : `every ${plural(calls, 'call')} ${verb}`,
  };
}

function callsPerObject(objectsPerCall: number): number {
  if (objectsPerCall > 0.95) return 1;
  const calls = 1 / objectsPerCall;
  // Every 25th call leaves one; 0.7 per call is better said as 70 in 100.
  return Math.abs(calls - Math.round(calls)) < 0.1 || calls > 20
    ? Math.round(calls)
    : 100;
}

/** `1 Session and 2 strings (240 B with what they hold)`: all groups of so many calls. */
export function groupsAmount(groups: readonly LeakGroup[], calls: number): string {
  const own = formatBytes(sum(groups.map(({ bytesPerCall }) => bytesPerCall)) * calls);
  const all = formatBytes(groupBytes(groups) * calls);
  const classes = classesOf(groups).map(
    ([className, perCall]) => [className, perCall * calls] as const,
  );
  const shown =
    classes.length <= MOST_CLASSES ? classes : classes.slice(0, MOST_CLASSES - 1);
  const rest = sum(classes.slice(shown.length).map(([, count]) => count));
  const names = [
    ...shown.map(([className, count]) => classCount(count, className)),
    ...(rest > 0 ? [plural(rest, 'more object')] : []),
  ];
  const they = names.length > 1 || !/^1 /.test(names[0] ?? '') ? 'they hold' : 'it holds';
  return `${listed(names)} (${own === all ? own : `${all} with what ${they}`})`;
}

/** All that the groups keep, per call. */
export function groupBytes(groups: readonly LeakGroup[]): number {
  return sum(groups.map(({ retainedBytesPerCall }) => retainedBytesPerCall));
}

/** What is kept beside the groups, of so many calls: `117 B of other native memory`. */
export function besideGroups(
  { bytesPerCall, nativeBytesPerCall }: LeakJudgement,
  groups: readonly LeakGroup[],
  calls: number,
): readonly string[] {
  const stores = bytesPerCall - nativeBytesPerCall - groupBytes(groups);
  const isMuch = (bytes: number): boolean => bytes > bytesPerCall * LEAST_SHARE;
  return [
    ...(isMuch(stores)
      ? [`${formatBytes(stores * calls)} of other ArrayBuffer stores`]
      : []),
    ...(isMuch(nativeBytesPerCall)
      ? [`${formatBytes(nativeBytesPerCall * calls)} of other native memory`]
      : []),
  ];
}

/** By class, in the order of the groups. */
function classesOf(groups: readonly LeakGroup[]): readonly (readonly [string, number])[] {
  const counts = new Map<string, number>();
  for (const { className, objectsPerCall } of groups) {
    counts.set(className, (counts.get(className) ?? 0) + objectsPerCall);
  }
  return [...counts];
}
