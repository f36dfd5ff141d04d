// Who holds the new part of a path.

import type { HeapNode, SurvivorGroup } from '../native.js';

/** What was there before: an object or a scope, not its table, which may be another the next time. */
export function holderOf({
  path,
  firstNew,
}: Pick<SurvivorGroup, 'path' | 'firstNew'>): HeapNode | undefined {
  return path
    .slice(0, firstNew)
    .findLast(({ node: { type } }) => type !== 'array' && type !== 'hidden')?.node;
}
