// Do survivors add up? A full cache that replaces its entries has as many new ones as a leak, but the
// heap does not grow, and later there are no more of them.

import type { SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { Aged } from './age.js';
import { perCall } from './growth.js';
import { holderOf } from './holder.js';

/** Of what the survivors of the rounds take, what the heap must have grown by. */
const ADDED_UP_SHARE = 0.75;
/** Of the survivors, older ones beside them: a leak that began with the first call has fewer. */
const OLDER_SHARE = 0.5;
/** Of the members per call so far. */
const SAME_PACE = 0.5;

/** How many members a group had: all of them young. */
export interface GroupCount {
  readonly young: number;
  /** With the older objects beside them: what replaces these does not grow. */
  readonly all: number;
}

/** How many members groups had. */
export interface GroupCounts {
  readonly byHolder: ReadonlyMap<string, GroupCount>;
  /** For holders that are not found again: those of one class together. */
  readonly byClass: ReadonlyMap<string, GroupCount>;
}

/**
 * The heap has grown by about what the groups' members of the rounds take, and no holder may just have replaced what it
 * had.
 */
export function addUp(
  groups: readonly SurvivorGroup[],
  { heapBytes, lengths }: Pick<Aged, 'heapBytes' | 'lengths'>,
): boolean {
  if (groups.some(mayReplace)) return false;
  const expectedBytes = sum(groups.map(bytesOfRounds)) / sum(lengths);
  return expectedBytes === 0 || perCall(heapBytes) >= expectedBytes * ADDED_UP_SHARE;
}

function mayReplace({ olderCount, count }: SurvivorGroup): boolean {
  return olderCount >= count * OLDER_SHARE;
}

/** Without those of the first age, which is that of filling. */
function bytesOfRounds({ type, count, counts, shallowBytes }: SurvivorGroup): number {
  // Of Node and addons: not on V8's heap.
  if (type === 'native') return 0;
  return (shallowBytes / count) * sum(counts.slice(1));
}

export function groupCounts(groups: readonly SurvivorGroup[]): GroupCounts {
  const byHolder = new Map<string, GroupCount>();
  const byClass = new Map<string, GroupCount>();
  for (const group of groups) {
    const [holder, holderClass] = keysOf(group);
    add(group, holder, byHolder);
    add(group, holderClass, byClass);
  }
  return { byHolder, byClass };
}

function add(
  { count, olderCount }: SurvivorGroup,
  key: string,
  counts: Map<string, GroupCount>,
): void {
  const { young, all } = counts.get(key) ?? NONE;
  counts.set(key, { young: young + count, all: all + count + olderCount });
}

const NONE: GroupCount = { young: 0, all: 0 };

/**
 * The groups that went on growing at the pace they had.
 *
 * @param earlier before the calls
 * @param paceCalls that had made what there was earlier
 * @param calls made since then
 */
export function stillGrowing(
  groups: readonly SurvivorGroup[],
  earlier: GroupCounts,
  paceCalls: number,
  calls: number,
): readonly SurvivorGroup[] {
  const now = groupCounts(groups);
  return groups.filter((group) => {
    const [holder, holderClass] = keysOf(group);
    const isFound = earlier.byHolder.has(holder);
    const [before, after = NONE] = isFound
      ? [earlier.byHolder.get(holder), now.byHolder.get(holder)]
      : [earlier.byClass.get(holderClass), now.byClass.get(holderClass)];
    if (before === undefined) return true;
    const expected = (before.young / paceCalls) * calls;
    return after.all - before.all >= expected * SAME_PACE;
  });
}

/** Of an object in its holder, and in all holders of that class. A holder's table may be another the next time. */
function keysOf(group: SurvivorGroup): readonly [string, string] {
  const { type, name } = group;
  const holder = holderOf(group);
  const member = `${type} ${name}`;
  return [
    `${member} in ${holder?.id ?? 'none'}`,
    `${member} in ${holder?.type ?? ''} ${holder?.name ?? ''}`,
  ];
}
