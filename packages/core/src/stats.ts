// Robust numbers from few readings. One outlier must not move a verdict.

import type { Spread } from './types.js';

/** 0 for no values. */
export function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

/**
 * The middle value; the mean of the two middle ones for an even number of values.
 *
 * @throws RangeError when there is no value
 */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const upper = sorted[Math.floor(sorted.length / 2)];
  if (upper === undefined) throw new RangeError('median of no values');
  if (sorted.length % 2 === 1) return upper;
  const lower = sorted[sorted.length / 2 - 1] ?? upper;
  return lower + (upper - lower) / 2;
}

/**
 * The evidence behind a number: its values in the order measured, and what they span.
 *
 * @throws RangeError when there is no value
 */
export function spread(values: readonly number[]): Spread {
  const middle = median(values);
  return {
    values: [...values],
    minimum: values.reduce((a, b) => Math.min(a, b)),
    median: middle,
    maximum: values.reduce((a, b) => Math.max(a, b)),
  };
}

/**
 * The number to report. While calls are awaited other tasks may allocate too, and they can
 * only add: the smallest round is then the function's own. Otherwise the median.
 */
export function typical(of: Spread, kind: 'sync' | 'async'): number {
  return kind === 'async' ? of.minimum : of.median;
}

/** Maximum minus minimum, in the unit of the values. */
export function spreadWidth(of: Spread): number {
  return of.maximum - of.minimum;
}

/** {@link spreadWidth} as a share of the median: 0 when all values are equal, `Infinity` around a median of 0. */
export function relativeSpread(of: Spread): number {
  const width = spreadWidth(of);
  return width === 0 ? 0 : width / Math.abs(of.median);
}

/** Bytes alive after a number of calls. */
export interface GrowthPoint {
  readonly calls: number;
  readonly bytes: number;
}

/**
 * Growth in bytes per call: the median of the slopes between all pairs of points (Theil-Sen),
 * which a minority of wrong readings (up to 29 %) cannot move. 0 when no two points differ in calls.
 */
export function growthPerCall(points: readonly GrowthPoint[]): number {
  const slopes: number[] = [];
  points.forEach((from, index) => {
    for (const to of points.slice(index + 1)) {
      if (to.calls !== from.calls)
        slopes.push((to.bytes - from.bytes) / (to.calls - from.calls));
    }
  });
  // 0 bytes over a negative number of calls is -0; adding 0 takes the sign away.
  return slopes.length === 0 ? 0 : median(slopes) + 0;
}
