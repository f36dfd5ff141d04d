// How much a number of a test may change from one run to another.

import {
  errors,
  parseTolerance,
  type Tolerance,
  type ToleranceValue,
} from '@highwater/core';
import { flagOf, metricNamed, RUN_METRICS, type RunMetric } from './metrics.js';

export type RunTolerances = Readonly<Record<RunMetric, Tolerance>>;

// A test runs once, cold: what V8 compiles, and the ends of pages that collections leave, are in its numbers.
// On a busy machine one that allocates 14 MB was 2.6 MB apart from run to run, one of 50 MB 4 MB. A matcher,
// which calls its function many times, is exact to some bytes.
// Its peak has garbage in it: as much as V8's young generation holds may be there or not.
const PEAK: Tolerance = { relative: 0.5, absolute: 32_000_000 };
const RETAINED: Tolerance = { relative: 0.1, absolute: 100_000 };
const DEFAULTS: RunTolerances = {
  allocatedBytes: { relative: 0.15, absolute: 3_000_000 },
  peakBytes: PEAK,
  retainedBytes: RETAINED,
  nativeAllocatedBytes: { relative: 0.1, absolute: 300_000 },
  nativePeakBytes: PEAK,
  nativeRetainedBytes: RETAINED,
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
    const metrics = name === undefined ? RUN_METRICS : [named(name.trim())];
    for (const metric of metrics) {
      const what = name === undefined ? '' : ` for ${flagOf(metric)}`;
      tolerances[metric] = parseTolerance(value ?? one, DEFAULTS[metric], what);
    }
  }
  return tolerances;
}

function named(name: string): RunMetric {
  const metric = metricNamed(name);
  if (metric === undefined) {
    throw errors.unknownOption(name, 'tolerance', RUN_METRICS.map(flagOf));
  }
  return metric;
}
