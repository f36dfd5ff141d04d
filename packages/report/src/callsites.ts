// Which callsites of a test are one.

import type { CallsiteRecord } from '@highwater/core';

/** All that a reader is told of one. */
export function siteKey(site: CallsiteRecord): string {
  return JSON.stringify([lineKey(site), site.caller]);
}

/** Whoever calls it. */
export function lineKey({ ledger, functionName, file, line }: CallsiteRecord): string {
  return JSON.stringify([ledger, functionName, file, line]);
}

/** One of each key, with the numbers of all of it; most bytes first. */
export function addUpSites(
  callsites: readonly CallsiteRecord[],
  keyOf: (site: CallsiteRecord) => string,
): readonly CallsiteRecord[] {
  const sums = new Map<string, CallsiteRecord>();
  for (const site of callsites) {
    const key = keyOf(site);
    const known = sums.get(key);
    sums.set(
      key,
      known === undefined
        ? site
        : { ...known, bytes: known.bytes + site.bytes, count: known.count + site.count },
    );
  }
  return [...sums.values()].sort((a, b) => b.bytes - a.bytes);
}
