// What files newly leave behind in their worker, or more of than they did. Knows no wording.

import {
  type ChangeVerdict,
  type FileIdentity,
  type FileRecord,
  inProject,
  median,
  type RunFile,
} from '@highwater/core';
import { bareTitle } from './bare-title.js';
import { groupBy } from './group-by.js';
import { DEFAULT_WINDOW, noiseOf, type Reference } from './reference.js';
import { floorFor, type RunTolerance } from './tolerance.js';

/** Objects of one class that one holder keeps, now and then. */
export interface LeftChange {
  readonly className: string;
  readonly count: number;
  readonly heldBy: string | undefined;
  readonly bytes: number;
  readonly difference: number;
}

/** What one file leaves, now and then. */
export interface FileChange {
  readonly file: FileRecord;
  readonly before: number;
  readonly now: number;
  /** What is new of it, or what is gone: what another file left in the earlier run is neither. */
  readonly difference: number;
  readonly allowed: number;
  readonly allowedBy: 'relative' | 'absolute' | 'noise';
  readonly verdict: ChangeVerdict;
  /** What makes the difference, most first. */
  readonly groups: readonly LeftChange[];
}

export interface FilesComparison {
  /** Regressed first, then improved, both with the largest difference first; then equal. */
  readonly changes: readonly FileChange[];
  /** In both runs, but looked at in one of them only. */
  readonly unjudged: readonly FileRecord[];
  /** The run in which nobody looked: nothing is compared. */
  readonly notLooked?: 'now' | 'before';
}

/** What files are held against. */
export interface FileReferences {
  readonly files: ReadonlyMap<string, FileReference>;
  /** Files of which a test ran, looked at or not. */
  readonly ran: ReadonlySet<string>;
  /** The most that any one file left. */
  readonly mostOf: ReadonlyMap<string, number>;
  /** What all files of a run left together. */
  readonly sums: ReadonlyMap<string, number>;
  /** Newest first. */
  readonly runs: readonly (readonly FileRecord[])[];
}

interface FileReference extends Pick<Reference, 'value' | 'noise'> {
  /** Bytes of each group. */
  readonly groups: ReadonlyMap<string, number>;
}

/** @param runs one, or a window of them: the median of the newest counts, with their noise */
export function fileReferencesFrom(
  runs: readonly RunFile[],
  window = DEFAULT_WINDOW,
): FileReferences {
  const newest = [...runs]
    .sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1))
    .map(({ files }) => files.filter(isLookedAt))
    .filter((files) => files.length > 0)
    .slice(0, window);
  const byFile = groupBy(newest.flat(), fileKey);
  const files = new Map(
    [...byFile].map(([key, records]) => {
      const values = records.map(({ leftBehindBytes = 0 }) => leftBehindBytes);
      const groups = medianOfEach(records.map(bytesByGroup));
      return [key, { value: median(values), noise: noiseOf(values), groups }] as const;
    }),
  );
  const ran = runs.flatMap(({ tests }) =>
    tests.filter(({ state }) => state !== 'skipped').map(fileKey),
  );
  return {
    files,
    ran: new Set(ran),
    mostOf: mostOfEach(newest.flat().map(bytesByGroup)),
    sums: medianOfEach(newest.map(sumByGroup)),
    runs: newest,
  };
}

/** The values of the one, with the noise and the order of files that the other knows of. */
export function withFileNoiseOf(
  values: FileReferences,
  history: FileReferences,
): FileReferences {
  const files = new Map(
    [...values.files].map(([key, { value, groups }]) => {
      const { noise = 0 } = history.files.get(key) ?? {};
      return [key, { value, noise, groups }] as const;
    }),
  );
  return {
    files,
    ran: values.ran,
    mostOf: mostOfEach([values.mostOf, history.mostOf]),
    sums: values.sums,
    runs: [...values.runs, ...history.runs],
  };
}

/** `undefined` when nobody looked, then and now. */
export function compareFiles(
  references: FileReferences,
  files: readonly FileRecord[],
  tolerance: RunTolerance,
): FilesComparison | undefined {
  const lookedAt = files.filter(isLookedAt);
  const [isNow, isBefore] = [lookedAt.length > 0, references.runs.length > 0];
  if (!isNow && !isBefore) return undefined;
  if (!isNow || !isBefore) {
    return { changes: [], unjudged: [], notLooked: isNow ? 'before' : 'now' };
  }
  const wasLookedAt = (file: FileRecord): boolean =>
    references.files.has(fileKey(file)) || !references.ran.has(fileKey(file));
  const isJudged = (file: FileRecord): boolean => isLookedAt(file) && wasLookedAt(file);
  const sums = sumByGroup(lookedAt);
  const changes = files
    .filter(isJudged)
    .map((file) => compareFile(file, { references, now: lookedAt, sums, tolerance }));
  return {
    changes: changes.sort(
      (a, b) =>
        ORDER.indexOf(a.verdict) - ORDER.indexOf(b.verdict) ||
        Math.abs(b.difference) - Math.abs(a.difference),
    ),
    unjudged: files.filter((file) => !isJudged(file)),
  };
}

const ORDER: readonly ChangeVerdict[] = ['regressed', 'improved', 'equal'];

interface Context {
  readonly references: FileReferences;
  readonly now: readonly FileRecord[];
  readonly sums: ReadonlyMap<string, number>;
  readonly tolerance: RunTolerance;
}

function compareFile(file: FileRecord, context: Context): FileChange {
  const { references, tolerance } = context;
  const reference = references.files.get(fileKey(file));
  const { value: before, noise } = reference ?? { value: 0, noise: 0 };
  const now = file.leftBehindBytes ?? 0;
  const groups = changesOfGroups(file, context);
  const total = (sign: number): number =>
    groups.reduce((sum, one) => sum + Math.max(0, sign * one.difference), 0);
  // A variable that was renamed holds what it held: the whole must have changed as well as a part of it. What is
  // left of a file that is new is all new, but for what others of its kind leave, too.
  const difference =
    now >= before ? Math.min(now - before, total(1)) : -Math.min(before - now, total(-1));
  const share = tolerance.relative * before;
  const floor = floorFor(tolerance, before);
  const allowed = Math.max(share, floor, noise);
  const verdict =
    Math.abs(difference) <= allowed ? 'equal' : difference < 0 ? 'improved' : 'regressed';
  return {
    file,
    before,
    now,
    difference,
    allowed,
    allowedBy: allowed === share ? 'relative' : allowed === floor ? 'absolute' : 'noise',
    verdict,
    groups: groups
      .filter((one) => one.difference * difference > 0)
      .sort((a, b) => Math.abs(b.difference) - Math.abs(a.difference)),
  };
}

/**
 * Groups that are more or less. A cache that files share is filled by whichever comes first: what one file leaves
 * more of is new only as far as all files together leave more of it, and not where another one had left it before
 * this one in the earlier run, and nobody has in this one.
 */
function changesOfGroups(
  file: FileRecord,
  { references, now, sums }: Context,
): readonly LeftChange[] {
  const known = references.files.get(fileKey(file));
  const groups = groupsOf(file);
  const gone = [...(known?.groups ?? [])].filter(([key]) => !groups.has(key));
  const ofNow = [...groups].map(([key, group]): LeftChange => {
    const before = (known?.groups ?? references.mostOf).get(key) ?? 0;
    const growth = (sums.get(key) ?? 0) - (references.sums.get(key) ?? 0);
    const more = group.bytes - before;
    const difference =
      more > 0
        ? Math.max(0, Math.min(more - movedBytes(key, file, references, now), growth))
        : Math.max(more, Math.min(0, growth));
    return { ...group, difference };
  });
  const ofBefore = gone.map(([key, bytes]): LeftChange => {
    const growth = (sums.get(key) ?? 0) - (references.sums.get(key) ?? 0);
    const difference = Math.max(-bytes, Math.min(0, growth));
    return { className: '', count: 0, heldBy: undefined, bytes: 0, difference };
  });
  return [...ofNow, ...ofBefore];
}

/** What others had left of a group before this file came, where in this run nobody has. */
function movedBytes(
  key: string,
  file: FileRecord,
  { runs }: FileReferences,
  now: readonly FileRecord[],
): number {
  if (leftBefore(key, file, now) > 0) return 0;
  return Math.max(0, ...runs.map((run) => leftBefore(key, file, run)));
}

/** What files had left of a group in the worker before this one came. */
function leftBefore(key: string, file: FileRecord, run: readonly FileRecord[]): number {
  const self = run.find((one) => fileKey(one) === fileKey(file));
  if (self === undefined) return 0;
  return run
    .filter(({ worker, order }) => worker === self.worker && order < self.order)
    .reduce((sum, one) => sum + (bytesByGroup(one).get(key) ?? 0), 0);
}

type Group = Omit<LeftChange, 'difference'>;

/** By class and holder, lines and data of the holder left out; what is not listed together. */
function groupsOf({
  leftBehindBytes = 0,
  classes,
  heldBy,
}: FileRecord): ReadonlyMap<string, Group> {
  const groups = new Map<string, Group>();
  const add = (key: string, group: Group): void => {
    const known = groups.get(key);
    const bytes = (known?.bytes ?? 0) + group.bytes;
    const count = (known?.count ?? 0) + group.count;
    groups.set(key, { ...group, bytes, count });
  };
  for (const [index, { name, count, bytes }] of classes.entries()) {
    const holder = heldBy[index];
    add(`${name} ${bareHolder(holder ?? '')}`, {
      className: name,
      count,
      heldBy: holder,
      bytes,
    });
  }
  const listed = classes.reduce((sum, { bytes }) => sum + bytes, 0);
  const rest = leftBehindBytes - listed;
  if (rest > 0) {
    add('', { className: '', count: 0, heldBy: undefined, bytes: rest });
  }
  return groups;
}

/** Without lines, which shift, and without keys of entries, which are data. */
function bareHolder(text: string): string {
  return bareTitle(text.replace(/"(?:[^"\\]|\\.)*"/g, '""').replace(/:\d+/g, ''));
}

function bytesByGroup(file: FileRecord): ReadonlyMap<string, number> {
  return new Map([...groupsOf(file)].map(([key, { bytes }]) => [key, bytes]));
}

function sumByGroup(files: readonly FileRecord[]): ReadonlyMap<string, number> {
  const sums = new Map<string, number>();
  for (const file of files) {
    for (const [key, bytes] of bytesByGroup(file)) {
      sums.set(key, (sums.get(key) ?? 0) + bytes);
    }
  }
  return sums;
}

function mostOfEach(
  maps: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  const most = new Map<string, number>();
  for (const [key, bytes] of maps.flatMap((map) => [...map])) {
    most.set(key, Math.max(bytes, most.get(key) ?? 0));
  }
  return most;
}

/** What is not there counts as 0. */
function medianOfEach(
  maps: readonly ReadonlyMap<string, number>[],
): ReadonlyMap<string, number> {
  const keys = new Set(maps.flatMap((map) => [...map.keys()]));
  return new Map(
    [...keys].map((key) => [key, median(maps.map((map) => map.get(key) ?? 0))]),
  );
}

function isLookedAt({ leftBehindBytes }: FileRecord): boolean {
  return leftBehindBytes !== undefined;
}

function fileKey({ project, file }: FileIdentity): string {
  return inProject(project, file);
}
