import { findLeaks, measure } from '@highwater/core';
import { expect, it } from 'vitest';
import { SessionRegistry } from '../src/sessions.js';
import { tokenize } from '../src/tokenizer.js';

const registry = new SessionRegistry();

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
  const { verdict, groups, sites } = findLeaks(() => registry.open('ada'));
  const [held] = groups;
  const holders = held?.path.steps.map(({ kind, name }) => `${kind} ${name}`);
  // #endregion
  expect(verdict).toBe('leak');
  expect(held).toMatchObject({ className: 'Object', objectsPerCall: 1 });
  expect(holders).toEqual(['variable registry', 'private-field #open', 'map-entry ']);
  expect(sites[0]?.frames[0]?.functionName).toBe('open');
});
