// Rounds of calls at full speed, with a mark before each: what survives tells its age.

import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Steps, wait } from '../measure/flow.js';
import { heldNativeBytes } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import { sum } from '../stats.js';
import { affordableCalls } from './affordable.js';
import type { Fill } from './fill.js';
import type { Readings } from './growth.js';
import { openResources, type ResourceCounts } from './resources.js';
import { callsWithin, roomBytes } from './room.js';

// Lengths differ: what follows calls is told from what follows rounds.
const PATTERN = [1, 3, 2, 4] as const;
const IDLE_ROUNDS = [1, 2] as const;
const MOST_UNIT = 50;
const FEWEST_UNIT = 1;
const LOOK_MS = 300;
const ROOM_SHARE = 0.25;
/** Fewer calls may leave less than what comes by itself: nothing is taken off. */
const TELLING_CALLS = 20;

/** Calls whose survivors are told by age. */
export interface Aged {
  /** Calls per age: first those of filling, then of each round. */
  readonly ageLengths: readonly number[];
  /** What was left behind when filling ended. */
  readonly filledBytes: number;
  /** Of filling. */
  readonly isOutOfRoom: boolean;
  /** From `markObjects`, one before each age. */
  readonly marks: readonly number[];
  /** From the end of filling to the end of the last round; event-loop turns followed. */
  readonly roundsMs: number;
  /** Calls per round. */
  readonly lengths: readonly number[];
  /** Settled, before the first round and after each. */
  readonly heapBytes: Readings;
  readonly arrayBufferBytes: Readings;
  /** While it is recorded: stores and all other blocks. */
  readonly nativeBytes?: Readings;
  /**
   * Objects of each round that are still there, V8's own and the harness's included, per call and at
   * most: a leak is no faster than the round that left the least.
   */
  readonly mostSurvivorsPerCall: number;
  /** Something waits for an event-loop turn: a finalizer of an addon, a handle that closes. */
  readonly isTurnWaiting: boolean;
  readonly openBefore: ResourceCounts;
  readonly openAfter: ResourceCounts;
}

/**
 * @param counts of all ages: before the first mark, two rounds without calls, the filling, and the rounds
 * @param lengths of the rounds; short ones say little of slow leaks
 */
function mostPerCall(counts: readonly number[], lengths: readonly number[]): number {
  const [, , idle = 0, , ...made] = counts;
  const longest = Math.max(...lengths);
  const others = longest < TELLING_CALLS ? 0 : idle;
  return Math.min(
    ...lengths.map((calls, round) =>
      calls < longest / 2
        ? Number.POSITIVE_INFINITY
        : Math.max(0, (made[round] ?? 0) - others) / calls,
    ),
  );
}

/**
 * Gives all objects ids.
 *
 * @returns the mark before what comes
 */
export function* startAges({ caller }: Run): Steps<number> {
  // What a round without calls leaves behind, the second time.
  for (const _ of IDLE_ROUNDS) yield* wait(caller.mark());
  return yield* wait(caller.mark());
}

/** As many calls once more, as an age of their own. Heap and stores are not read again. */
export function* ageOnce({ caller }: Run, aged: Aged): Steps<Aged> {
  const calls = sum(aged.lengths);
  const start = performance.now();
  const marks = [...aged.marks, yield* wait(caller.mark())];
  yield* wait(caller.call(calls));
  const roundsMs = aged.roundsMs + performance.now() - start;
  yield* wait(caller.settle());
  return { ...aged, ageLengths: [...aged.ageLengths, calls], marks, roundsMs };
}

/**
 * @param firstMark from {@link startAges}, before filling
 * @param rounds how many; the pattern of their lengths repeats
 */
export function* age(
  { caller, settings }: Run,
  firstMark: number,
  filled: Fill,
  rounds: number = PATTERN.length,
): Steps<Aged> {
  const pattern = Array.from(
    { length: rounds },
    (_, round) => PATTERN[round % PATTERN.length] ?? 1,
  );
  const affordable = Math.floor(
    affordableCalls(LOOK_MS / sum(pattern), filled.msPerCall),
  );
  const bytesPerCall = filled.calls > 0 ? filled.grownBytes / filled.calls : 0;
  const fitting = Math.floor(
    callsWithin(roomBytes() * ROOM_SHARE, bytesPerCall) / sum(pattern),
  );
  const unit =
    settings.iterations ??
    Math.max(FEWEST_UNIT, Math.min(MOST_UNIT, affordable, fitting));
  const lengths = pattern.map((times) => times * unit);

  const openBefore = openResources();
  const { addon } = caller;
  const start = performance.now();
  const marks = [firstMark];
  const heap: number[] = [];
  const stores: number[] = [];
  const native: (number | undefined)[] = [];
  for (const calls of lengths) {
    marks.push(yield* wait(caller.mark()));
    // What giving ids leaves behind itself must not be read.
    heap.push(yield* wait(caller.collect()));
    stores.push(arrayBufferBytes());
    native.push(heldNativeBytes(addon));
    yield* wait(caller.call(calls));
  }
  const roundsMs = performance.now() - start;
  heap.push(yield* wait(caller.settle()));
  stores.push(arrayBufferBytes());
  native.push(heldNativeBytes(addon));
  const ageLengths = [filled.calls, ...lengths];
  return {
    ageLengths,
    filledBytes: filled.grownBytes,
    isOutOfRoom: filled.isOutOfRoom,
    marks,
    roundsMs,
    mostSurvivorsPerCall: mostPerCall(addon.countByAge(), lengths),
    lengths,
    heapBytes: { lengths, values: heap },
    arrayBufferBytes: { lengths, values: stores },
    ...(native.every((bytes) => bytes !== undefined) && {
      nativeBytes: { lengths, values: native },
    }),
    isTurnWaiting: addon.hasWaitingTurn(),
    openBefore,
    openAfter: openResources(),
  };
}
