import type { Measurement } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { FRESH_PROCESSES, measureVictims, repeat } from './victim-process.js';

/** An array object of 32 B, and its elements: 16 B and 8 B for each. */
function arrayBytes(length: number): number {
  return 32 + 16 + 8 * length;
}

/** What programs/peaks.mjs holds: 4,000 blocks of 1,244 elements, and the array of them. */
const HELD_BYTES = 4_000 * arrayBytes(1_244) + arrayBytes(4_000);

describe('a spike of 8 MB between small garbage', () => {
  it('is seen within 1 MB in fresh processes', async () => {
    const options = { warmup: 2, rounds: 1, callsites: false };
    const peaks = await repeat(Math.min(5, FRESH_PROCESSES), async () => {
      const [measurement] = await measureVictims({
        victims: ['spikeInGarbage'],
        options,
      });
      return measurement!.heap.peakBytes;
    });
    for (const peak of peaks) {
      expect(Math.abs(peak - arrayBytes(1_000_000))).toBeLessThanOrEqual(1_000_000);
    }
  });
});

describe('a function that holds 40 MB, drops it, and makes 400 MB of garbage', () => {
  let measured: readonly Measurement[];

  beforeAll(async () => {
    const options = { warmup: 1, rounds: 1, callsites: false };
    measured = await repeat(FRESH_PROCESSES, async () => {
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
});
