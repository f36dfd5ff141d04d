// How much a number of a test may change from one run to another.

import {
  errors,
  parseTolerance,
  type Tolerance,
  type ToleranceValue,
} from '@highwater/core';
import { flagOf, JUDGED_METRICS, type JudgedMetric, metricNamed } from './metrics.js';

export interface RunTolerance extends Tolerance {
  /** Of small numbers the floor is less: this much, and this share of the number, up to `absolute`. */
  readonly small?: Tolerance;
}

export type RunTolerances = Readonly<Record<JudgedMetric, RunTolerance>>;

// A test runs once, cold: what V8 compiles, and the ends of pages that collections leave, are in its numbers. A
// matcher, which calls its function many times, is exact to some bytes. test/lab/spread.mjs measures how far apart
// unchanged tests are. On a busy machine that was at most 300 kB below 1 MB allocated, 500 kB below 5 MB, 700 kB
// below 20 MB (2.6 MB of 14 MB once), 2.7 MB of 26 MB, and 1 % of 190 MB. Until V8 has optimised a hot loop, each object
// literal takes 16 B more: a loop that makes 16 MB took 3.6 MB more on a busy machine, where that came later.
// A peak has garbage in it: as much as V8's young generation holds may be there or not.
// V8 asks `malloc` for tables and for what compiles, in steps of a megabyte, in whichever test needs them first:
// up to 2.2 MB of 0.2 MB.
const PEAK: Tolerance = { relative: 0.5, absolute: 32_000_000 };
const RETAINED: Tolerance = { relative: 0.1, absolute: 100_000 };
const DEFAULTS: RunTolerances = {
  allocatedBytes: {
    relative: 0.15,
    absolute: 5_000_000,
    small: { relative: 0.25, absolute: 500_000 },
  },
  peakBytes: PEAK,
  retainedBytes: RETAINED,
  nativeAllocatedBytes: { relative: 0.1, absolute: 3_000_000 },
  nativePeakBytes: PEAK,
  nativeRetainedBytes: RETAINED,
  // Less than 100 kB is not looked for, so that much may be there in one run and not be seen in the other.
  leftBehindBytes: { relative: 0.1, absolute: 200_000 },
};

/**
 * The defaults, with what the user wrote in their place.
 *
 * @param written `'5%'` and `'64 kB'` for all metrics, `'allocated=2%'` for one; later ones win. A percentage
 * keeps the floor in bytes, but `'0%'`; a size replaces both.
 * @throws HighwaterError `invalid-option`
 */
export function runTolerances(written: readonly ToleranceValue[] = []): RunTolerances {
  const tolerances = { ...DEFAULTS };
  for (const one of written) {
    const [, name, value] = /^([^=]+)=(.*)$/.exec(String(one)) ?? [];
    const metrics = name === undefined ? JUDGED_METRICS : [named(name.trim())];
    for (const metric of metrics) {
      const what = name === undefined ? '' : ` for ${flagOf(metric)}`;
      const parsed = parseTolerance(value ?? one, DEFAULTS[metric], what);
      const isFloorKept = parsed.relative > 0;
      tolerances[metric] = isFloorKept ? { ...DEFAULTS[metric], ...parsed } : parsed;
    }
  }
  return tolerances;
}

/** What is allowed of a number, however small a share that is. */
export function floorFor({ absolute, small }: RunTolerance, value: number): number {
  if (small === undefined) return absolute;
  return Math.min(absolute, small.absolute + small.relative * Math.abs(value));
}

function named(name: string): JudgedMetric {
  const metric = metricNamed(name);
  if (metric === undefined) {
    throw errors.unknownOption(name, 'tolerance', JUDGED_METRICS.map(flagOf));
  }
  return metric;
}
