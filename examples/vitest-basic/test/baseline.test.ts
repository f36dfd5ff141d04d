import { describe, expect, it } from 'vitest';
import { tokenize } from '../src/tokenizer.js';

const EXPRESSION = 'price * (1 + vat) - discount / 2';

describe('tokenize', () => {
  it('costs what it did', () => {
    expect(() => tokenize(EXPRESSION)).toMatchMemoryBaseline();
  });

  it('makes no more objects for a longer text', () => {
    expect(() => tokenize(EXPRESSION.repeat(20))).toMatchMemoryBaseline({
      metrics: ['allocatedBytes', 'allocatedCount'],
      tolerance: { allocatedCount: '0%' },
    });
  });
});
