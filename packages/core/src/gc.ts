// Collecting until nothing more goes away.

import { setImmediate as onNextTurn, setTimeout as onTime } from 'node:timers';
import type { Native } from './native.js';

const MOST_COLLECTIONS = 6;

/**
 * Collects with event-loop turns between until two readings agree, so that finalizers,
 * close callbacks and short timers have run.
 *
 * @returns used heap in bytes
 */
export async function settleOverTurns(addon: Native): Promise<number> {
  let before = collect(addon);
  for (let i = 1; i < MOST_COLLECTIONS; i++) {
    await turns();
    const after = collect(addon);
    if (after === before) break;
    before = after;
  }
  return before;
}

/** A single collection, after what was closed or due in the last turn has ended. @returns used heap in bytes */
export async function collectAfterTurns(addon: Native): Promise<number> {
  await turns();
  return collect(addon);
}

/** One turn to start what ends in the other: a finalizer, a close. */
export async function turns(): Promise<void> {
  await turn();
  await turn();
}

/** One full collection. @returns used heap in bytes */
export function collect(addon: Native): number {
  addon.collectGarbage('full');
  return addon.usedHeapBytes();
}

// Held from the start: test code replaces the global timers with fake ones.
/** One turn of the event loop. */
export function turn(): Promise<void> {
  return new Promise((resolve) => {
    onNextTurn(resolve);
  });
}

/** Lets time pass, and the event loop turn. */
export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    onTime(resolve, ms);
  });
}
