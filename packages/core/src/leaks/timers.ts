// Time for timers that may clear what survived.

import { pause } from '../gc.js';
import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import { sum } from '../stats.js';
import { bytesOf } from './large-things.js';
import type { Asked, Suspects } from './suspects.js';

/** A timer that leaves more than this does not clear. */
const CLEARED_SHARE = 0.9;
/** Caches and batches are cleared every second or more often; what is to be a second old may have to wait for another. */
const TIMER_MS = 1_100;
export const MOST_WAITS = 2;

/** How much there is that may be cleared. */
export interface Amount {
  /** Survivors of all ages. */
  readonly members: number;
  /** Of the largest thing, asked for where there are none. */
  readonly largestBytes: number;
}

export const NO_AMOUNT: Amount = { members: 0, largestBytes: 0 };

export function amountOf({ groups, ...large }: Suspects): Amount {
  return {
    members: sum(groups.map(({ count }) => count)),
    largestBytes: bytesOf(large),
  };
}

/** No objects are left, and nothing else is that was there before. */
export function isCleared(amount: Amount, before: Amount): boolean {
  if (amount.members > 0) return false;
  const isLess = amount.largestBytes < before.largestBytes * CLEARED_SHARE;
  return before.members > 0 || isLess;
}

/** A timer that is pending sees what holds one of them. */
export function isOnTimer({ subjects, pendingCallsOf }: Asked): boolean {
  return Object.values(subjects)
    .flat()
    .some((subject) =>
      pendingCallsOf(subject).some(([waitsIn]) => waitsIn?.node.name === 'Timeout'),
    );
}

export function* passTime({ caller }: Run): Steps<void> {
  yield* wait(pause(TIMER_MS));
  yield* wait(caller.settle());
}
