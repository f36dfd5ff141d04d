import { captureHeap, heapDiff, retainersOf, sizeOf } from '@highwater/core';
import { expect, it } from 'vitest';
import { SessionRegistry } from '../src/sessions.js';

const registry = new SessionRegistry();

class Ticket {
  readonly seats = new Uint8Array(1_000);
}

const tickets: Ticket[] = [];

it('says which classes grew', () => {
  // #region diff
  const before = captureHeap();
  for (let i = 0; i < 100; i++) tickets.push(new Ticket());
  const { grown } = heapDiff(before, captureHeap());
  const change = grown.find(({ className }) => className === 'Ticket');
  // #endregion
  expect(change?.countDelta).toBe(100);
});

it('says what holds an object', () => {
  // #region retainers
  const session = registry.open('ada');
  const [path] = retainersOf(session);
  const kinds = path?.steps.map(({ kind, name }) => `${kind} ${name}`);
  // #endregion
  expect(kinds).toEqual(['variable registry', 'private-field #open', 'map-entry ']);
});

it('says how large a value is', () => {
  // #region size
  const { shallowBytes, retainedBytes } = sizeOf(new Ticket());
  // #endregion
  expect(shallowBytes).toBeLessThan(200);
  expect(retainedBytes).toBeGreaterThan(1_000);
});
