// How long a measurement has taken, and may take.

import { readFileSync } from 'node:fs';

/** Counts the time that this thread had to itself, so that a busy machine changes no verdict. */
export interface Clock {
  readonly timeoutMs: number;
  elapsedMs(): number;
  /** Whether `share` (0 to 1) of the time is used up. */
  isPast(share: number): boolean;
}

/** A clock that starts now. */
export function startClock(timeoutMs: number): Clock {
  const start = ownMs();
  const elapsedMs = (): number => ownMs() - start;
  return {
    timeoutMs,
    elapsedMs,
    isPast: (share) => elapsedMs() > timeoutMs * share,
  };
}

function ownMs(): number {
  return performance.now() - waitedMs();
}

// Time this thread was ready to run, but others did: the second number, in nanoseconds
// (Documentation/scheduler/sched-stats.rst). 0 where the kernel does not say.
function waitedMs(): number {
  try {
    const [, waitedNs] = readFileSync('/proc/thread-self/schedstat', 'utf8').split(' ');
    return Number(waitedNs) / 1e6 || 0;
  } catch {
    return 0;
  }
}
