// The numbers of a test that are judged, and what they are called.

import type { TestNumbers, TestRecord } from '@highwater/core';

/** Bytes, less is better. Times and RSS are the machine's as much as the test's: they are shown, not judged. */
export type RunMetric =
  | 'allocatedBytes'
  | 'peakBytes'
  | 'retainedBytes'
  | 'nativeAllocatedBytes'
  | 'nativePeakBytes'
  | 'nativeRetainedBytes';

/** Numbers that have a tolerance: those of tests, and what a file leaves behind. */
export type JudgedMetric = RunMetric | 'leftBehindBytes';

/** In the order in which they are told. */
export const RUN_METRICS: readonly RunMetric[] = [
  'allocatedBytes',
  'peakBytes',
  'retainedBytes',
  'nativeAllocatedBytes',
  'nativePeakBytes',
  'nativeRetainedBytes',
];

export const JUDGED_METRICS: readonly JudgedMetric[] = [
  ...RUN_METRICS,
  'leftBehindBytes',
];

/** In a sentence and in a column. */
export const METRIC_WORDS: Readonly<Record<JudgedMetric, string>> = {
  allocatedBytes: 'allocated',
  peakBytes: 'peak',
  retainedBytes: 'retained',
  nativeAllocatedBytes: 'native allocated',
  nativePeakBytes: 'native peak',
  nativeRetainedBytes: 'native retained',
  leftBehindBytes: 'left behind',
};

/** The metric that is written as `allocated` or `native-peak`, or by its own name. */
export function metricNamed(name: string): JudgedMetric | undefined {
  return JUDGED_METRICS.find((metric) => metric === name || flagOf(metric) === name);
}

/** As it is written on a command line: `native-peak`. */
export function flagOf(metric: JudgedMetric): string {
  return METRIC_WORDS[metric].replace(' ', '-');
}

/** V8's heap and native memory together, where both are known. */
export function totalOf(
  { measured }: TestRecord,
  what: 'allocated' | 'peak' | 'retained',
): number | undefined {
  if (measured === undefined) return undefined;
  const [onHeap, outside] = TOTALS[what].map((metric) => measured[metric]);
  if (onHeap === undefined) return undefined;
  return onHeap + (outside ?? 0);
}

const TOTALS = {
  allocated: ['allocatedBytes', 'nativeAllocatedBytes'],
  peak: ['peakBytes', 'nativePeakBytes'],
  retained: ['retainedBytes', 'nativeRetainedBytes'],
} as const satisfies Record<string, readonly [keyof TestNumbers, keyof TestNumbers]>;
