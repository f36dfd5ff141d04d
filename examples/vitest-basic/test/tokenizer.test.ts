import { describe, expect, it } from 'vitest';
import { isBalanced, tokenize } from '../src/tokenizer.js';

const EXPRESSION = 'price * (1 + vat) - discount / 2';

describe('tokenize', () => {
  it('allocates less than 8 kB for one expression', () => {
    expect(() => tokenize(EXPRESSION)).toAllocateLessThan('8 kB');
  });

  it('allocates fewer than 100 objects for one expression', () => {
    expect(() => tokenize(EXPRESSION)).toAllocateFewerThan(100);
  });

  it('allocates more for a longer one', () => {
    expect(() => tokenize(EXPRESSION.repeat(20))).not.toAllocateFewerThan(100);
  });
});

describe('isBalanced', () => {
  it('allocates nothing at all', () => {
    expect(() => isBalanced(EXPRESSION)).toAllocateLessThan(1);
    expect(() => isBalanced(EXPRESSION)).toAllocateFewerThan(1);
  });
});
