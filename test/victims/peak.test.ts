import type { Measurement } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { BLOCK_BYTES, HELD_BLOCKS } from './programs/peaks.mjs';
import { measureVictims, repeat } from './victim-process.js';

const PROCESSES = 20;
/** The blocks, and the array that holds them: an object of 32 B, elements of 16 B and 8 B each. */
const HELD_BYTES = HELD_BLOCKS * BLOCK_BYTES + 32 + 16 + 8 * HELD_BLOCKS;

describe('a function that holds 40 MB, drops it, and makes 400 MB of garbage', () => {
  let measured: readonly Measurement[];

  beforeAll(async () => {
    measured = await repeat(PROCESSES, async () => {
      const options = { warmup: 1, rounds: 1, callsites: false };
      const [measurement] = await measureVictims({
        victims: ['heldThenDropped'],
        options,
      });
      return measurement!;
    });
  });

  it('allocates 440 MB', () => {
    for (const { allocatedBytes } of measured) {
      expect(allocatedBytes).toBeGreaterThan(440_000_000);
    }
  });

  it('peaks within 1 MB of what it holds', () => {
    const errors = measured.map(({ peakBytes }) => Math.abs(peakBytes - HELD_BYTES));
    expect(Math.max(...errors)).toBeLessThanOrEqual(1_000_000);
  });

  it('peaks within 1 % of itself over 20 fresh processes', () => {
    const peaks = measured.map(({ peakBytes }) => peakBytes);
    const width = Math.max(...peaks) - Math.min(...peaks);
    expect(width).toBeLessThanOrEqual(0.01 * HELD_BYTES);
  });

  it('reports the peak with its garbage beside it', () => {
    for (const { peakBytes, peakUsedBytes } of measured) {
      expect(peakUsedBytes).toBeGreaterThan(peakBytes);
    }
  });

  it('retains nothing', () => {
    expect(measured.map(({ retainedBytes }) => retainedBytes)).toEqual(
      measured.map(() => 0),
    );
  });
});
