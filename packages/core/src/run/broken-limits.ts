// A limit that was broken once stays broken, whatever was recorded of the same test later.

import type { LimitRecord } from './types.js';

/** One record for each limit: a broken one before one that was held, and of several broken ones the first given. */
export function withBroken(
  limits: readonly LimitRecord[],
  earlier: readonly LimitRecord[],
): readonly LimitRecord[] {
  const all = new Map(limits.map((limit) => [limit.metric, limit]));
  for (const limit of earlier) {
    if (limit.isBroken && all.get(limit.metric)?.isBroken !== true) {
      all.set(limit.metric, limit);
    }
  }
  return [...all.values()];
}
