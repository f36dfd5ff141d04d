import { findLeaks, measure } from '@highwater/core';
import { expect, it } from 'vitest';
import { tokenize } from '../src/tokenizer.js';

it('measures without a matcher', () => {
  // #region measure
  const { allocatedBytes, allocatedCount, peakBytes, retainedBytes, callsites } = measure(
    () => tokenize('price * (1 + vat)'),
  );
  const [heaviest] = callsites;
  // #endregion
  expect(allocatedBytes).toBeGreaterThan(1_000);
  expect(allocatedCount).toBeGreaterThan(20);
  expect(peakBytes).toBeLessThanOrEqual(allocatedBytes);
  expect(retainedBytes).toBe(0);
  expect(heaviest?.frames[0]?.functionName).toBe('nextToken');
});

it('looks for leaks without a matcher', () => {
  // #region findLeaks
  const kept: object[] = [];
  const report = findLeaks(() => kept.push({ kept: true }));
  // #endregion
  expect(report.verdict).toBe('leak');
  expect(report.sites[0]?.objectsPerCall).toBeCloseTo(1);
});
