// Do survivors add up? A full cache that replaces its entries has as many new ones as a leak, but the
// heap does not grow, and later there are no more of them.

import type { SurvivorGroup } from '../native.js';
import { sum } from '../stats.js';
import type { Aged } from './age.js';
import { perCall } from './growth.js';

/** Of what the survivors of the rounds take, what the heap must have grown by. */
const SHOWN_SHARE = 0.75;
/** Of the members per call so far. */
const SAME_PACE = 0.5;

/** How many members groups had. */
export interface GroupCounts {
  readonly byHolder: ReadonlyMap<string, number>;
  /** For holders that are not found again: those of one class together. */
  readonly byClass: ReadonlyMap<string, number>;
}

/** The heap has grown by about what the groups' members of the rounds take. */
export function addUp(
  groups: readonly SurvivorGroup[],
  { heapBytes, lengths }: Pick<Aged, 'heapBytes' | 'lengths'>,
): boolean {
  const expectedBytes = sum(groups.map(bytesOfRounds)) / sum(lengths);
  return expectedBytes === 0 || perCall(heapBytes) >= expectedBytes * SHOWN_SHARE;
}

/** Without those of the first age, which is that of filling. */
function bytesOfRounds({ type, count, counts, shallowBytes }: SurvivorGroup): number {
  // Of Node and addons: not on V8's heap.
  if (type === 'native') return 0;
  return (shallowBytes / count) * sum(counts.slice(1));
}

export function groupCounts(groups: readonly SurvivorGroup[]): GroupCounts {
  const byHolder = new Map<string, number>();
  const byClass = new Map<string, number>();
  for (const group of groups) {
    const [holder, holderClass] = keysOf(group);
    byHolder.set(holder, (byHolder.get(holder) ?? 0) + group.count);
    byClass.set(holderClass, (byClass.get(holderClass) ?? 0) + group.count);
  }
  return { byHolder, byClass };
}

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
    const [before, after] = isFound
      ? [earlier.byHolder.get(holder), now.byHolder.get(holder)]
      : [earlier.byClass.get(holderClass), now.byClass.get(holderClass)];
    if (before === undefined) return true;
    return (after ?? 0) - before >= (before / paceCalls) * calls * SAME_PACE;
  });
}

/** Of an object in its holder, and in all holders of that class. A holder's table may be another the next time. */
function keysOf({
  type,
  name,
  path,
  firstNew,
}: SurvivorGroup): readonly [string, string] {
  const holder = path
    .slice(0, firstNew)
    .findLast(({ node }) => node.type !== 'array' && node.type !== 'hidden')?.node;
  const member = `${type} ${name}`;
  return [
    `${member} in ${holder?.id ?? 'none'}`,
    `${member} in ${holder?.type ?? ''} ${holder?.name ?? ''}`,
  ];
}
