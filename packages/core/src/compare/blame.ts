// Which functions a regression is made of.

import type { BaselineLedger, Blame, CallsiteChange, MetricChange } from '../types.js';

const ENOUGH_SHARE = 0.9;

/**
 * The functions that account for a regression of what is allocated in a ledger. Peaks and what is
 * retained are made of some allocations only: without a regression of bytes, objects or blocks nobody is blamed.
 */
export function blameFor(
  ledger: BaselineLedger,
  metrics: readonly MetricChange[],
  callsites: readonly CallsiteChange[],
): readonly Blame[] {
  for (const by of ['allocatedBytes', 'allocatedCount'] as const) {
    const change = metrics.find(
      (one) => one.ledger === ledger && one.metric === by && one.verdict === 'regressed',
    );
    if (change !== undefined) return [blame(ledger, by, change.difference, callsites)];
  }
  return [];
}

function blame(
  ledger: BaselineLedger,
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
  return { ledger, by, callsites: blamed, share: Math.min(1, explained / difference) };
}
