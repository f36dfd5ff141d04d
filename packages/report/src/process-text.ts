// A process that a test started: first which it is, then what it took.

import { formatBytes, inProject, type ProcessRecord, wrap } from '@highwater/core';
import { cutApart } from './cuts.js';
import type { FullStyle } from './style.js';
import { printable } from './words.js';

/** By peak RSS. */
export function largestFirst(
  processes: readonly ProcessRecord[],
): readonly ProcessRecord[] {
  return processes.toSorted((a, b) => (b.peakRssBytes ?? 0) - (a.peakRssBytes ?? 0));
}

/** The lines of each. @param withTest also whose it is */
export function processLines(
  processes: readonly ProcessRecord[],
  { width, textWidth, paint }: FullStyle,
  indent: string,
  withTest: boolean,
): readonly (readonly string[])[] {
  const heads = cutApart(
    processes.map(
      (one) => `${peakWords(one)}  process ${one.pid}: ${printable(one.name)}`,
    ),
    width - indent.length,
  );
  return processes.map((process, index) => {
    const { project, test, file } = process;
    const ofFile = file === undefined ? undefined : inProject(project, file);
    const whose = withTest ? (test ?? ofFile) : undefined;
    const details = [
      ...detailsOf(process),
      ...(whose === undefined ? [] : [`started in ${whose}`]),
    ];
    return [
      `${indent}${heads[index] ?? ''}`,
      ...details
        .flatMap((text) => wrap(printable(text), textWidth, `${indent}  `, '  '))
        .map((row) => paint.dim(row)),
    ];
  });
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
