import { describe, expect, it } from 'vitest';
import { judgeVictims, measureVictims } from './victim-process.js';

// "Less than" is strict.
describe('a limit', () => {
  it.each([
    { matcher: 'toAllocateLessThan', victim: 'points', amount: 56_000 },
    { matcher: 'toAllocateLessThan', victim: 'mapEntries', amount: 57_624 },
    { matcher: 'toAllocateLessThan', victim: 'empty', amount: 0 },
    { matcher: 'toAllocateFewerThan', victim: 'points', amount: 1_000 },
    { matcher: 'toAllocateFewerThan', victim: 'empty', amount: 0 },
    { matcher: 'toPeakBelow', victim: 'empty', amount: 0 },
    { matcher: 'toRetainLessThan', victim: 'number', amount: 16 },
    { matcher: 'toRetainLessThan', victim: 'empty', amount: 0 },
  ])(
    '$matcher of $victim fails at $amount and passes one above it',
    async ({ matcher, victim, amount }) => {
      const limits = [amount, amount + 1];
      const judgements = await judgeVictims(matcher, { victims: [victim] }, limits);
      expect(judgements.map(({ pass }) => pass)).toEqual([false, true]);
    },
  );

  it('on the peak that was measured fails, and one byte above it passes', async () => {
    const victims = ['heldRows'];
    const [measurement] = await measureVictims({ victims });
    const { peakBytes } = measurement!;
    const limits = [peakBytes, peakBytes + 1];
    const judgements = await judgeVictims('toPeakBelow', { victims }, limits);
    expect(judgements.map(({ pass }) => pass)).toEqual([false, true]);
  });
});
