import { describe, expect, it } from 'vitest';
import {
  heapFollowsCalls,
  nativeGrowth,
} from '../../../packages/core/src/leaks/stores.js';

const FILL_LENGTHS = [100, 200];
const LENGTHS = [100, 300, 200, 100];

/** A settled heap that begins at `start` and grows by `perCall`; `odd` is added in round number `oddRound`. */
function heap(
  start: number,
  perCall: number,
  lengths: readonly number[],
  odd: readonly [number, number] = [-1, 0],
) {
  const values = [start];
  lengths.forEach((calls, round) => {
    const [oddRound, bytes] = odd;
    values.push(values.at(-1)! + calls * perCall + (round === oddRound ? bytes : 0));
  });
  return { lengths, values };
}

function isGrowing(perCall: number, odd?: readonly [number, number]): boolean {
  return heapFollowsCalls(
    { heapBytes: heap(5_000, perCall, FILL_LENGTHS) },
    // What comes between filling and the rounds is not of the calls.
    { heapBytes: heap(90_000, perCall, LENGTHS, odd) },
  );
}

describe('a heap that follows the calls', () => {
  it('grows by the call in every round', () => {
    expect(isGrowing(64)).toBe(true);
    expect(isGrowing(0)).toBe(false);
  });

  it('may have one odd round, in which V8 made something of its own', () => {
    expect(isGrowing(64, [2, 40_000])).toBe(true);
  });

  it('still has what it grew by: a timer may have cleared it in the odd round', () => {
    expect(isGrowing(64, [2, -64 * 600])).toBe(false);
    expect(isGrowing(64, [2, -64 * 400])).toBe(true);
  });
});

describe('native memory that grows by the call', () => {
  const growth = (whileFilling: number, later: number): number | undefined =>
    nativeGrowth(
      { nativeBytes: heap(5_000, whileFilling, FILL_LENGTHS) },
      // V8's table of ids has doubled in between.
      { nativeBytes: heap(9_000_000, later, LENGTHS) },
    );

  it('is what all calls have left, without what the observation took', () => {
    expect(growth(96, 96)).toBe(96);
    expect(growth(0, 0)).toBeUndefined();
  });

  it('is found beside garbage that only some collections of filling reach', () => {
    const { lengths, values } = heap(0, 16_536, FILL_LENGTHS);
    const withGarbage = values.map((bytes, at) => bytes + (at === 1 ? 12_000_000 : 0));
    const filled = { nativeBytes: { lengths, values: withGarbage } };
    const aged = { nativeBytes: heap(0, 16_536, LENGTHS) };
    expect(nativeGrowth(filled, aged)).toBe(16_536);
  });

  it('is not what comes with the collections of every round', () => {
    const values = [0, 56_000, 112_000, 168_000, 224_000];
    const nativeBytes = { lengths: LENGTHS, values };
    expect(
      nativeGrowth({ nativeBytes: heap(0, 100, FILL_LENGTHS) }, { nativeBytes }),
    ).toBe(undefined);
  });

  it('is not what only the latest have left', () => {
    expect(growth(-300, 96)).toBeUndefined();
  });
});
