import { describe, expect, it } from 'vitest';
import {
  callOf,
  formatShare,
  roundAbove,
  roundDown,
  roundUp,
} from '../../../../packages/core/src/format/wording.js';

describe('wording', () => {
  it.each([
    ['parse', 'parse()'],
    ['bound parse', 'parse()'],
    ['get size', 'size()'],
    ['', undefined],
    [undefined, undefined],
    ['my case > works', undefined],
    ['x'.repeat(41), undefined],
  ])('calls a function named %o %o', (name, text) => {
    expect(callOf(name)).toBe(text);
  });

  it('never rounds a share to nothing', () => {
    expect([0, 0.0001, 0.658, 1].map(formatShare)).toEqual([
      '0.0 %',
      '<0.1 %',
      '65.8 %',
      '100.0 %',
    ]);
  });

  it.each([
    [0, 1, 0, 0],
    [0.5, 1, 1, 0],
    [16, 17, 16, 16],
    [7_310_000, 7_400_000, 7_400_000, 7_300_000],
    [7_400_000, 7_500_000, 7_400_000, 7_400_000],
    [999_999, 1_000_000, 1_000_000, 990_000],
  ])('rounds %d', (value, above, up, down) => {
    expect([roundAbove(value), roundUp(value), roundDown(value)]).toEqual([
      above,
      up,
      down,
    ]);
  });
});
