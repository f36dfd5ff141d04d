// What awaiting costs, so that it can be taken off what was measured.

import type { ByteWindow } from '../native.js';
import { median } from '../stats.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';

const WARM_CALLS = 20;
const ROUNDS = 3;

/**
 * A byte window from a known start: a fresh page of the young generation, hidden classes
 * back in place.
 */
export function* freshByteWindow(caller: Caller, calls: number): Steps<ByteWindow> {
  caller.addon.collectGarbage('full');
  // A full collection drops hidden classes that only inline caches remember; one call
  // brings them back.
  yield* wait(caller.call(1));
  caller.addon.collectGarbage('minor');
  return yield* wait(caller.callInByteWindow(calls));
}

/** Bytes that `calls` calls cost without the function. 0 for sync functions. */
export function* harnessBytes(caller: Caller, calls: number): Steps<number> {
  const { idle } = caller;
  if (idle === undefined) return 0;
  yield* wait(idle.call(WARM_CALLS));
  const costs: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    costs.push((yield* freshByteWindow(idle, calls)).allocatedBytes);
  }
  return median(costs);
}
