// Which functions a regression is made of.

import type { Blame, CallsiteChange, MetricChange } from '../types.js';

const ENOUGH_SHARE = 0.9;

/**
 * The functions that account for a regression of what is allocated on V8's heap. Peaks and what is
 * retained are made of some allocations only, and callsites are of V8's heap: without a
 * regression of bytes or objects there is `undefined`.
 */
export function blameFor(
  metrics: readonly MetricChange[],
  callsites: readonly CallsiteChange[],
): Blame | undefined {
  for (const by of ['allocatedBytes', 'allocatedCount'] as const) {
    const change = metrics.find(
      ({ ledger, metric, verdict }) =>
        ledger === 'heap' && metric === by && verdict === 'regressed',
    );
    if (change !== undefined) return blame(by, change.difference, callsites);
  }
  return undefined;
}

function blame(
  by: Blame['by'],
  difference: number,
  callsites: readonly CallsiteChange[],
): Blame {
  const of = (change: CallsiteChange): number =>
    by === 'allocatedBytes' ? change.bytesDifference : change.countDifference;
  const risen = callsites.filter((change) => of(change) > 0);
  risen.sort((a, b) => of(b) - of(a));

  const blamed: CallsiteChange[] = [];
  let explained = 0;
  for (const change of risen) {
    if (explained >= ENOUGH_SHARE * difference) break;
    blamed.push(change);
    explained += of(change);
  }
  // What others save does not make it more than all.
  return { by, callsites: blamed, share: Math.min(1, explained / difference) };
}
