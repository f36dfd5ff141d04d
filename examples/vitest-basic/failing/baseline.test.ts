// Its baseline was recorded when `kindsOf` made a list of texts. Since then somebody made it one of objects.

import { expect, it } from 'vitest';
import { tokenize } from '../src/tokenizer.js';

function kindsOf(source: string): readonly object[] {
  return tokenize(source).map((token) => ({ kind: token.kind, at: 0 }));
}

it('costs what it did when it was recorded', () => {
  expect(() => kindsOf('price * (1 + vat) - discount / 2')).toMatchMemoryBaseline({
    metrics: ['allocatedBytes', 'allocatedCount', 'retainedBytes'],
  });
});
