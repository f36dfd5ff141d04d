import { expect, it } from 'vitest';
import { longerRounds } from '../../../packages/core/src/leaks/blame.js';

it('looks again in rounds three times as long', () => {
  expect(longerRounds([1, 10, 20, 10, 30, 10], 5)).toEqual([1, 30, 60, 30, 90, 30]);
});

it('looks again in rounds that show a few survivors each', () => {
  const [first, ...rounds] = longerRounds([1, 10, 20, 10, 30, 10], 0.02);
  expect(first).toBe(1);
  expect(Math.min(...rounds) * 0.02).toBe(5);
});
