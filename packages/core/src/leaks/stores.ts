// Tables and texts that grow without new objects, and native memory.

import { median, sum } from '../stats.js';
import type { Aged } from './age.js';
import type { GrowingEntries } from './census.js';
import type { Fill } from './fill.js';
import {
  bytesFollowCalls,
  followsRounds,
  isOdd,
  perCall,
  type Readings,
  STEP_BYTES_PER_CALL,
} from './growth.js';

type FilledHeap = Pick<Fill, 'heapBytes'>;
type AgedHeap = Pick<Aged, 'heapBytes'>;
type FilledNative = Pick<Fill, 'nativeBytes'>;
type AgedNative = Pick<Aged, 'nativeBytes'>;

/** Less than arrays take for a small integer, which grow by half; other tables double. */
const STORE_BYTES_PER_CALL = 2;
const OF_ALL_CALLS = 0.5;
/** Node and V8 ask for some kilobytes between two readings, and give others back. */
const NATIVE_NOISE_BYTES = 16_384;
const FEWEST_ROUNDS = 6;
/** The first mark leaves something of V8's behind. */
const ODD_ROUNDS = 1;

/**
 * Whether the heap grew as it would by a table that takes something of every call: at least
 * once while the calls double, by about as much as they are.
 *
 * @param callsBefore made before filling began
 */
export function mayHaveGrownStore(
  filled: Fill,
  aged: Aged,
  callsBefore: number,
): boolean {
  const { lengths, values } = heapOf(filled, aged);
  const calls = callsBefore + sum(lengths);
  let made = callsBefore;
  const half = lengths.findIndex((length) => {
    made += length;
    return made > calls / 2;
  });
  const grownBytes = (values.at(-1) ?? 0) - (values[half] ?? 0);
  return grownBytes >= calls * STORE_BYTES_PER_CALL;
}

/**
 * Whether the heap grows by the call in nearly every round, and still has what it grew by: texts that are appended
 * to, lists that are copied to be longer. What V8 makes lazily comes and goes.
 */
export function heapFollowsCalls(filled: FilledHeap, aged: AgedHeap): boolean {
  const { lengths, values } = heapOf(filled, aged);
  const rates = lengths.map(
    (calls, round) => ((values[round + 1] ?? 0) - (values[round] ?? 0)) / calls,
  );
  const rate = rates.length < FEWEST_ROUNDS ? 0 : median(rates);
  const odd = rates.filter((own) => isOdd(own, rate));
  // In the one odd round, a timer may have cleared it.
  const isThere = heapGrowth(filled, aged) >= rate * sum(lengths) * OF_ALL_CALLS;
  return rate >= STEP_BYTES_PER_CALL && odd.length <= ODD_ROUNDS && isThere;
}

/** Of the settled heap, in bytes. */
export function heapGrowth(filled: FilledHeap, aged: AgedHeap): number {
  const { values } = heapOf(filled, aged);
  return (values.at(-1) ?? 0) - (values[0] ?? 0);
}

function heapOf(filled: FilledHeap, aged: AgedHeap): Readings {
  return joined(filled.heapBytes, aged.heapBytes);
}

/** Without what came between filling and the rounds: that is of the observation itself. */
function joined(filled: Readings, aged: Readings): Readings {
  const [start = 0, ...values] = aged.values;
  const end = filled.values.at(-1) ?? 0;
  return {
    lengths: [...filled.lengths, ...aged.lengths],
    values: [...filled.values, ...values.map((bytes) => bytes - start + end)],
  };
}

/** Has entries of all calls: not only those of the last second. @param calls made so far */
export function isOfAllCalls(
  { entriesPerCall, entryCount }: GrowingEntries,
  calls: number,
): boolean {
  return entryCount >= entriesPerCall * calls * OF_ALL_CALLS;
}

/** What is held of native memory grows by the call; undefined where it does not, or is not recorded. */
export function nativeGrowth(filled: FilledNative, aged: AgedNative): number | undefined {
  if (filled.nativeBytes === undefined || aged.nativeBytes === undefined)
    return undefined;
  if (followsRounds(aged.nativeBytes, NATIVE_NOISE_BYTES)) return undefined;
  const latest = perCall(aged.nativeBytes);
  const { lengths, values } = joined(filled.nativeBytes, aged.nativeBytes);
  // Only the first and the last are settled: in between may be what the latest calls have left to be collected.
  const ofAllCalls = ((values.at(-1) ?? 0) - (values[0] ?? 0)) / sum(lengths);
  const isOfAll = ofAllCalls >= Math.max(STEP_BYTES_PER_CALL, latest * OF_ALL_CALLS);
  return latest >= STEP_BYTES_PER_CALL && isOfAll
    ? Math.min(latest, ofAllCalls)
    : undefined;
}

/** ArrayBuffer stores grow by the call, and those of all calls are there. */
export function buffersGrow(
  { arrayBufferBytes }: Aged,
  bytesBefore: number,
  calls: number,
): boolean {
  const leastBytes = perCall(arrayBufferBytes) * calls * OF_ALL_CALLS;
  const grownBytes = (arrayBufferBytes.values.at(-1) ?? 0) - bytesBefore;
  return bytesFollowCalls(arrayBufferBytes) && grownBytes >= leastBytes;
}
