// Which function of one record is which of the other, although lines have shifted.

import { diff } from '../on-demand.js';
import type { CallsiteChange, RecordedCallsite } from '../types.js';

/** Every function of both records once; the largest change first. */
export function pairCallsites(
  baseline: readonly RecordedCallsite[],
  now: readonly RecordedCallsite[],
): readonly CallsiteChange[] {
  const before = byIdentity(baseline);
  const after = byIdentity(now);
  const changes: CallsiteChange[] = [];
  for (const identity of new Set([...before.keys(), ...after.keys()])) {
    changes.push(...pairAlike(before.get(identity) ?? [], after.get(identity) ?? []));
  }
  return changes.sort(
    (a, b) =>
      Math.abs(b.bytesDifference) - Math.abs(a.bytesDifference) ||
      Math.abs(b.countDifference) - Math.abs(a.countDifference) ||
      compareText(placeOf(a), placeOf(b)),
  );
}

/** A name and a file: a line moves with every edit above it. Sorted by line. */
function byIdentity(
  callsites: readonly RecordedCallsite[],
): ReadonlyMap<string, readonly RecordedCallsite[]> {
  const groups = new Map<string, RecordedCallsite[]>();
  for (const site of callsites) {
    const identity = `${site.file}\n${site.function}`;
    groups.set(identity, [...(groups.get(identity) ?? []), site]);
  }
  for (const group of groups.values()) group.sort((a, b) => a.line - b.line);
  return groups;
}

/**
 * Functions of one name in one file, nameless ones above all. As many as before: one after another.
 * Otherwise one came or went: those that cost the same are the same, as lines are in a diff of texts.
 */
function pairAlike(
  before: readonly RecordedCallsite[],
  after: readonly RecordedCallsite[],
): CallsiteChange[] {
  if (before.length === after.length) return pairInOrder(before, after);
  const pairs: CallsiteChange[] = [];
  let [from, to] = [0, 0];
  let removed: readonly RecordedCallsite[] = [];
  for (const part of diff().diffArrays([...before], [...after], {
    comparator: isSameCost,
  })) {
    const count = part.value.length;
    if (part.removed) {
      removed = before.slice(from, from + count);
      from += count;
      continue;
    }
    const added = after.slice(to, to + count);
    to += count;
    if (part.added) {
      pairs.push(...pairInOrder(removed, added));
    } else {
      pairs.push(...pairInOrder(removed, []));
      pairs.push(...pairInOrder(before.slice(from, from + count), added));
      from += count;
    }
    removed = [];
  }
  return [...pairs, ...pairInOrder(removed, [])];
}

function pairInOrder(
  before: readonly RecordedCallsite[],
  after: readonly RecordedCallsite[],
): CallsiteChange[] {
  const most = Math.max(before.length, after.length);
  return Array.from({ length: most }, (_, i) => changeOf(before[i], after[i]));
}

function isSameCost(a: RecordedCallsite, b: RecordedCallsite): boolean {
  return a.allocatedBytes === b.allocatedBytes && a.allocatedCount === b.allocatedCount;
}

function changeOf(
  baseline: RecordedCallsite | undefined,
  now: RecordedCallsite | undefined,
): CallsiteChange {
  return {
    baseline,
    now,
    bytesDifference: (now?.allocatedBytes ?? 0) - (baseline?.allocatedBytes ?? 0),
    countDifference: (now?.allocatedCount ?? 0) - (baseline?.allocatedCount ?? 0),
  };
}

function placeOf({ baseline, now }: CallsiteChange): string {
  const site = now ?? baseline;
  return `${site?.file}\n${site?.function}\n${site?.line}`;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
