// How many calls fit into a time.

/** A clock that did not move is no reason for endless calls. */
const LEAST_MS_PER_CALL = 0.001;

export function affordableCalls(ms: number, msPerCall: number): number {
  return ms / Math.max(LEAST_MS_PER_CALL, msPerCall);
}
