import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  growthPerCall,
  median,
  relativeSpread,
  spread,
  spreadWidth,
} from '../../../packages/core/src/stats.js';

const values = fc.array(fc.integer({ min: -1e9, max: 1e9 }), { minLength: 1 });

describe('median', () => {
  it.each([
    [[3], 3],
    [[9, 1, 5], 5],
    [[4, 1, 2, 3], 2.5],
    [[10, 9, 100], 10],
  ])('of %o is %d', (of, middle) => {
    expect(median(of)).toBe(middle);
  });

  it('has as many values above it as below', () => {
    fc.assert(
      fc.property(values, (of) => {
        const middle = median(of);
        const above = of.filter((value) => value > middle).length;
        const below = of.filter((value) => value < middle).length;
        expect(Math.max(above, below)).toBeLessThanOrEqual(of.length / 2);
      }),
    );
  });

  it('leaves its input alone', () => {
    const of = [3, 1, 2];
    median(of);
    expect(of).toEqual([3, 1, 2]);
  });

  it('of nothing is an error', () => {
    expect(() => median([])).toThrow(RangeError);
  });
});

describe('spread', () => {
  it('keeps the order measured', () => {
    expect(spread([5, 1, 9])).toEqual({
      values: [5, 1, 9],
      minimum: 1,
      median: 5,
      maximum: 9,
    });
  });

  it('is as wide as its values', () => {
    expect(spreadWidth(spread([5, 1, 9]))).toBe(8);
    expect(relativeSpread(spread([90, 100, 110]))).toBe(0.2);
    expect(relativeSpread(spread([-110, -100, -90]))).toBe(0.2);
    expect(relativeSpread(spread([0, 0, 0]))).toBe(0);
    expect(relativeSpread(spread([-1, 0, 1]))).toBe(Infinity);
  });
});

describe('growthPerCall', () => {
  it('is the slope of a line, to the byte', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10_000 }),
        fc.integer({ min: 0, max: 1e9 }),
        fc.uniqueArray(fc.integer({ min: 0, max: 10_000 }), {
          minLength: 2,
          maxLength: 12,
        }),
        (perCall, start, calls) => {
          const points = calls.map((call) => ({
            calls: call,
            bytes: start + perCall * call,
          }));
          expect(growthPerCall(points)).toBe(perCall);
        },
      ),
    );
  });

  it('is not moved by one wild reading', () => {
    const points = [10, 20, 40, 80, 160, 320].map((calls) => ({
      calls,
      bytes: 16 * calls,
    }));
    const wild = points.map((point, index) =>
      index === 3 ? { ...point, bytes: 5_000_000 } : point,
    );
    expect(growthPerCall(wild)).toBe(16);
  });

  it('is 0 where there is nothing to compare', () => {
    expect(growthPerCall([])).toBe(0);
    expect(growthPerCall([{ calls: 5, bytes: 100 }])).toBe(0);
    expect(
      growthPerCall([
        { calls: 5, bytes: 100 },
        { calls: 5, bytes: 900 },
      ]),
    ).toBe(0);
  });
});
