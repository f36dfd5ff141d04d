// How long a measurement has taken, and may take.

/** Counts the calls made, for the error that a clock run out makes. */
export interface Clock {
  readonly timeoutMs: number;
  elapsedMs(): number;
  /** Whether `share` (0 to 1) of the time is used up. */
  isPast(share: number): boolean;
}

/** A clock that starts now. */
export function startClock(timeoutMs: number): Clock {
  const start = performance.now();
  const elapsedMs = (): number => performance.now() - start;
  return {
    timeoutMs,
    elapsedMs,
    isPast: (share) => elapsedMs() > timeoutMs * share,
  };
}
