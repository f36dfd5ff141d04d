import { describe, expect, it } from 'vitest';
import { wrap } from '../../../../packages/core/src/format/layout.js';

describe('wrap', () => {
  it('keeps numbers with their units and code in one piece', () => {
    expect(wrap("take 7.31 MB or toNotLeak({ allow: '16 B' }).", 20, '  ', '  ')).toEqual(
      ['  take 7.31 MB or', "    toNotLeak({ allow: '16 B' })."],
    );
  });
});
