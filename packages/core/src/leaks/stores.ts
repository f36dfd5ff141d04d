// Tables and texts that grow without new objects.

import type { GrownStore } from '../native.js';
import { sum } from '../stats.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import type { Fill } from './fill.js';
import { STEP_BYTES_PER_CALL } from './growth.js';

/** Less than arrays take for a small integer, which grow by half; other tables double. */
const STORE_BYTES_PER_CALL = 2;
const OF_ALL_CALLS = 0.5;

/**
 * Whether the heap grew as it would by a table that takes something of every call: at least
 * once while the calls double, by about as much as they are.
 */
export function mayHaveGrownStore(filled: Fill, aged: Aged): boolean {
  const lengths = [...filled.heapBytes.lengths, ...aged.lengths];
  const values = [...filled.heapBytes.values, ...aged.heapBytes.values.slice(1)];
  const calls = sum(lengths);
  let made = 0;
  const half = lengths.findIndex((length) => {
    made += length;
    return made > calls / 2;
  });
  const grownBytes = (values.at(-1) ?? 0) - (values[half] ?? 0);
  return grownBytes >= calls * STORE_BYTES_PER_CALL;
}

/** Has entries of all calls: not only those of the last second. @param calls made so far */
export function isOfAllCalls(
  { entriesPerCall, entryCount }: GrowingEntries,
  calls: number,
): boolean {
  return entryCount >= entriesPerCall * calls * OF_ALL_CALLS;
}

/** New room for something of every call, in other things than a census counts. */
export function hasGrownStore(stores: readonly GrownStore[], calls: number): boolean {
  return stores.some(({ storeBytes }) => storeBytes >= calls * STEP_BYTES_PER_CALL);
}
