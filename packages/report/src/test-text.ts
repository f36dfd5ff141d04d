// One test in detail.

import {
  alignColumns,
  type Cell,
  formatBytes,
  formatBytesExact,
  type ProcessRecord,
  type TestRecord,
} from '@highwater/core';
import { METRIC_WORDS, RUN_METRICS } from './metrics.js';
import { largestFirst, processLines } from './process-text.js';
import { type ReportStyle, toFullStyle } from './style.js';
import { siteLines } from './terminal.js';
import { testLine } from './test-lines.js';
import { allocatingSites, limitWords, printable } from './words.js';

/**
 * Every number that is known of it, its limits and its callsites.
 *
 * @param processes that it started
 */
export function formatTest(
  test: TestRecord,
  style?: ReportStyle,
  processes: readonly ProcessRecord[] = [],
): readonly string[] {
  const full = toFullStyle(style);
  const { measured, hooks, notMeasured, limits = [], limitsUnchecked = [], tries } = test;
  const rows: Cell[][] = [];
  const bytes = (name: string, value: number | undefined): void => {
    if (value === undefined) return;
    rows.push([
      { text: name },
      { text: formatBytes(value), align: 'right' },
      { text: formatBytesExact(value), align: 'right', paint: full.paint.dim },
    ]);
  };
  for (const metric of RUN_METRICS) bytes(METRIC_WORDS[metric], measured?.[metric]);
  bytes('peak RSS of the worker', measured?.rssPeakBytes);
  bytes('allocated in hooks', hooks?.allocatedBytes);
  const sites = siteLines(allocatingSites(test), full, '    ');
  return [
    ...testLine(test, full, ''),
    `  ${test.state}${tries === undefined ? '' : ` after ${tries} tries`}${
      measured === undefined
        ? ''
        : ` in ${measured.durationMs.toFixed(0)} ms, ${measured.gcMs.toFixed(1)} ms of it collections`
    }`,
    ...(test.drawsRandom ? ['  it draws random numbers'] : []),
    ...(notMeasured === undefined ? [] : [`  not measured: ${printable(notMeasured)}`]),
    ...(limitsUnchecked.length === 0
      ? []
      : [`  limits not checked: ${limitsUnchecked.join(', ')}`]),
    ...alignColumns(rows, '  '),
    ...limits.map((limit) => {
      const line = `  ${limit.isBroken ? 'broken' : 'held'}: ${limitWords(limit)}`;
      return limit.isBroken ? full.paint.red(line) : line;
    }),
    ...(sites.length === 0 ? [] : ['  callsites', ...sites]),
    ...(processes.length === 0
      ? []
      : [
          '  processes that it started, by peak RSS',
          ...processLines(largestFirst(processes), full, '    ', false).flat(),
        ]),
  ];
}
