import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Measurement } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  FRESH_PROCESSES,
  measureVictims,
  repeat,
  victimNode,
} from './victim-process.js';

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

describe('a test that holds 12 MB, tracked, after garbage of others', () => {
  const program = fileURLToPath(new URL('peak/window-of-a-test.mjs', import.meta.url));

  it.each([
    ['none', 0, false],
    ['less than fits beside it', 3, false],
    ['so much that V8 collects in the test', 6, true],
    ['so much that it is collected before', 14, false],
  ])('%s: the peak is no less', (_, garbageMB, isCollectedInTest) => {
    const youngMB = 16;
    const flags = [
      `--min-semi-space-size=${youngMB}`,
      `--max-semi-space-size=${youngMB}`,
    ];
    const args = [...flags, program, String(garbageMB), '12'];
    const options = { encoding: 'utf8', env: cleanEnv() } as const;
    const { peakUsedBytes, heldBytes, isCollected } = JSON.parse(
      execFileSync(victimNode, args, options),
    ) as Record<string, number>;
    expect(isCollected).toBe(isCollectedInTest);
    expect(peakUsedBytes).toBeGreaterThanOrEqual(heldBytes!);
    const olderBytes = isCollectedInTest ? garbageMB * 1_000_000 : 0;
    expect(peakUsedBytes).toBeLessThan(heldBytes! + olderBytes + 500_000);
  });
});

// V8 took 10 to 40 MB of its own for these functions, by when it chose to optimise them.
describe('a test in which V8 compiles 60 functions, tracked', () => {
  const program = fileURLToPath(new URL('peak/compiled-in-a-test.mjs', import.meta.url));

  it('has the native memory of its buffer, and not what compiling took', () => {
    const { bytes, bufferBytes } = JSON.parse(
      execFileSync(victimNode, [program], { encoding: 'utf8', env: cleanEnv() }),
    ) as Record<string, number>;
    expect(bytes).toBeGreaterThanOrEqual(bufferBytes!);
    expect(bytes).toBeLessThan(bufferBytes! + 9_000_000);
  });
});
