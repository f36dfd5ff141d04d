// These tests fail on purpose: they show what a failure looks like.

import { expect, it } from 'vitest';
import { tokenize } from '../src/tokenizer.js';

const EXPRESSION = 'price * (1 + vat) - discount / 2';

it('allocates less than 2 kB for one expression', () => {
  expect(() => tokenize(EXPRESSION)).toAllocateLessThan('2 kB');
});

it('allocates fewer than 20 objects for one expression', () => {
  expect(() => tokenize(EXPRESSION)).toAllocateFewerThan(20);
});
