// A process that a test started: first which it is, then what it took.

import { formatBytes, type ProcessRecord } from '@highwater/core';
import type { FullStyle } from './style.js';
import { cut } from './terminal.js';
import { printable } from './words.js';

/** By peak RSS. */
export function largestFirst(
  processes: readonly ProcessRecord[],
): readonly ProcessRecord[] {
  return processes.toSorted((a, b) => (b.peakRssBytes ?? 0) - (a.peakRssBytes ?? 0));
}

/** @param withTest also whose it is */
export function processLines(
  process: ProcessRecord,
  { width, paint }: FullStyle,
  indent: string,
  withTest: boolean,
): readonly string[] {
  const { name, pid, test, file } = process;
  const whose = withTest ? (test ?? file) : undefined;
  return [
    cut(`${indent}${peakWords(process)}  process ${pid}: ${printable(name)}`, width),
    ...detailsOf(process).map((text) =>
      paint.dim(cut(`${indent}  ${printable(text)}`, width)),
    ),
    ...(whose === undefined
      ? []
      : [paint.dim(cut(`${indent}  started in ${printable(whose)}`, width))]),
  ];
}

function peakWords({ peakRssBytes, isPeakExact }: ProcessRecord): string {
  if (peakRssBytes === undefined) return 'not seen';
  return `${formatBytes(peakRssBytes)}${isPeakExact === false ? ' or more' : ''}`;
}

function detailsOf(process: ProcessRecord): readonly string[] {
  const { allocatedBytes, peakHeapBytes, nativePeakBytes } = process;
  const { isNode, unavailable } = process;
  const numbers = [
    ...(peakHeapBytes === undefined
      ? []
      : [`heap ${formatBytes(peakHeapBytes)} at most`]),
    ...(allocatedBytes === undefined ? [] : [`${formatBytes(allocatedBytes)} allocated`]),
    ...(nativePeakBytes === undefined
      ? []
      : [`native ${formatBytes(nativePeakBytes)} at most`]),
  ].join(', ');
  return [
    ...(numbers === '' ? [] : [numbers]),
    ...(unavailable === undefined
      ? []
      : [`${isNode ? 'heap not known' : 'only its RSS is known'}: ${unavailable}`]),
    ...endOf(process),
  ];
}

/** Nothing for one that ended well. */
function endOf({
  outlivedTest,
  exitCode,
  signal,
  test,
}: ProcessRecord): readonly string[] {
  const whose = test === undefined ? 'file' : 'test';
  const end =
    signal !== undefined
      ? `ended by ${signal}`
      : exitCode !== undefined && exitCode !== 0
        ? `exit code ${exitCode}`
        : undefined;
  if (outlivedTest === true)
    return [
      `was still running at the end of its ${whose}${end === undefined ? '' : `; ${end} later`}`,
    ];
  return end === undefined ? [] : [end];
}
