// A baseline that does not hold, in words: which numbers, which functions, what next.

import type { BaselineFailure } from '../baseline/session.js';
import {
  formatBytes,
  formatBytesApart,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
} from '../bytes.js';
import type { Incomparable } from '../compare.js';
import { sum } from '../stats.js';
import type { BaselineRecord, Callsite, Comparison, MetricChange } from '../types.js';
import { changedCallsites } from './callsite-diff.js';
import { rankSites, siteLines } from './callsite-text.js';
import { alignColumns, type Cell, wrap } from './layout.js';
import { plainPaint, type Style, type TextOptions, toStyle } from './style.js';
import { formatShare, nodeName, plural } from './wording.js';

/** {@link TextOptions}, and where it is recorded. */
export interface BaselineTextOptions extends TextOptions {
  /** Of the entry: `'parser > parses'`. */
  readonly key: string;
  readonly environment: string;
  readonly baselineFile: string;
  /** Who allocated what stays, when that is what regressed. */
  readonly survivors: readonly Callsite[];
}

/** Why `toMatchMemoryBaseline` failed, ready to print. */
export function formatBaseline(
  failure: BaselineFailure,
  options: BaselineTextOptions,
): string {
  const style = toStyle(options);
  switch (failure.kind) {
    case 'regressed':
      return regressed(failure.comparison, failure.baseline, options, style);
    case 'missing':
      return missing(failure.recorded, options, style);
    case 'incomparable':
      return notComparable(failure.why, options, style);
  }
}

function regressed(
  comparison: Comparison,
  baseline: BaselineRecord,
  options: BaselineTextOptions,
  style: Style,
): string {
  const { survivors } = options;
  const verbose = style.verbose ? '' : ' For all callsites: { verbose: true }.';
  return [
    `Memory baseline of ${titled(options)}`,
    ...metricTable(comparison.metrics, style),
    '',
    ...changedCallsites(comparison, style),
    ...(survivors.length === 0 ? [] : survivorLines(survivors, style)),
    ...wrap(recordedWith(baseline), style.width, '  ').map((line) =>
      style.paint.dim(line),
    ),
    ...wrap(
      `Next: make it cost what it did, or run with -u to accept it.${verbose}`,
      style.width,
      '  ',
      '      ',
    ),
  ].join('\n');
}

const METRIC_NAMES = {
  allocatedBytes: 'allocated',
  allocatedCount: 'objects',
  peakBytes: 'peak',
  retainedBytes: 'retained',
} as const;

function metricTable(metrics: readonly MetricChange[], style: Style): string[] {
  const lines = metricLines(metrics, style, true);
  const isWide = metricLines(metrics, { ...style, paint: plainPaint }, true).some(
    (line) => line.length > style.width,
  );
  return isWide ? metricLines(metrics, style, false) : lines;
}

function metricLines(
  metrics: readonly MetricChange[],
  { paint }: Style,
  isWithTolerance: boolean,
): string[] {
  const head: Cell[] = ['', 'baseline', 'now', 'change', '', ''].map(rightAligned);
  const rows = metrics.filter(isWorthARow).map((change): Cell[] => {
    const { verdict } = change;
    const mark = verdict === 'regressed' ? '✗' : '✓';
    const colour =
      verdict === 'regressed' ? paint.red : verdict === 'improved' ? paint.green : same;
    const [before, after] = numbersOf(change);
    return [
      { text: nameOf(change) },
      rightAligned(before),
      rightAligned(after),
      { ...rightAligned(differenceOf(change)), paint: colour },
      { ...rightAligned(percentOf(change)), paint: colour },
      {
        text: isWithTolerance ? `${mark} ${toleranceOf(change)}`.trimEnd() : mark,
        paint: colour,
      },
    ];
  });
  return alignColumns([head, ...rows], '  ').map((line) => line.trimEnd());
}

function rightAligned(text: string): Cell {
  return { text, align: 'right' };
}

const same = (text: string): string => text;

/** Native memory has a row when there is some. */
function isWorthARow({ ledger, baseline, now, verdict }: MetricChange): boolean {
  return (
    ledger === 'heap' || verdict !== 'equal' || baseline.value !== 0 || now.value !== 0
  );
}

function nameOf({ ledger, metric }: MetricChange): string {
  const name = METRIC_NAMES[metric];
  if (ledger === 'heap') return name;
  return metric === 'allocatedCount' ? 'native blocks' : `native ${name}`;
}

function isCount({ metric }: MetricChange): boolean {
  return metric === 'allocatedCount';
}

function numbersOf(change: MetricChange): readonly [string, string] {
  const { baseline, now } = change;
  if (baseline.value === now.value) {
    const text = (isCount(change) ? formatCount : formatBytes)(now.value);
    return [text, text];
  }
  const apart = isCount(change) ? formatCountApart : formatBytesApart;
  return apart(baseline.value, now.value);
}

function differenceOf(change: MetricChange): string {
  return isCount(change)
    ? formatCountSigned(change.difference)
    : formatBytesSigned(change.difference);
}

/** A percentage of nothing is left out, and so is one that nobody can picture. */
function percentOf({ baseline, difference }: MetricChange): string {
  if (baseline.value <= 0 || difference === 0) return '';
  const percent = (difference / baseline.value) * 100;
  if (percent > 1_000) return `×${formatCount(Math.round(1 + percent / 100))}`;
  return `${percent > 0 ? '+' : ''}${percent.toFixed(Math.abs(percent) < 0.1 ? 2 : 1)} %`;
}

function toleranceOf(change: MetricChange): string {
  const { verdict, allowed, allowedBy, baseline } = change;
  if (verdict === 'equal') return '';
  if (verdict === 'improved') return 'improved';
  if (allowed === 0) return '(no tolerance)';
  const size = isCount(change) ? formatCount(allowed) : formatBytes(allowed);
  switch (allowedBy) {
    case 'relative': {
      const percent = (allowed / Math.abs(baseline.value)) * 100;
      return `(tolerance ${Number(percent.toPrecision(2))} %)`;
    }
    case 'absolute':
      return `(tolerance ${size})`;
    case 'noise':
      return `(noise ${size})`;
  }
}

function survivorLines(survivors: readonly Callsite[], style: Style): string[] {
  const sites = survivors.map((site) => ({
    frames: site.frames,
    count: site.allocatedCount,
    bytes: site.allocatedBytes,
  }));
  const all = sum(sites.map(({ bytes }) => bytes));
  const shareOf = (bytes: number): string => formatShare(all === 0 ? 0 : bytes / all);
  return [
    '  still alive per call, by allocating function (share of bytes):',
    ...siteLines(
      rankSites(sites, 'bytes', style),
      {
        // Sampled, and so not to be added to what the table above has.
        numbers: ({ bytes, count }) => [plural(count, 'object'), shareOf(bytes)],
        rest: (hidden) =>
          ` (${plural(sum(hidden.map(({ count }) => count)), 'object')}, ${shareOf(sum(hidden.map(({ bytes }) => bytes)))})`,
      },
      style,
    ),
    '',
  ];
}

function recordedWith({ node, highwater, tier }: BaselineRecord): string {
  return `Recorded on the ${tier} tier with ${nodeName(node)}, highwater ${highwater}.`;
}

/** What the entry is called, on one line whatever is in it. */
function titled({ key, environment }: BaselineTextOptions): string {
  return `${JSON.stringify(printable(key))} (${environment})`;
}

function printable(text: string): string {
  // A title may hold codes that would repaint the terminal.
  return text.replace(/\p{Cc}/gu, '\uFFFD');
}

function missing(
  recorded: readonly string[],
  options: BaselineTextOptions,
  style: Style,
): string {
  const { environment } = options;
  const file = relativePath(options);
  const others = recorded.map(printable).join(', ');
  const next =
    recorded.length === 0
      ? 'Next: run the test locally, where baselines are recorded, and commit the file.'
      : `Next: run the test with -u on ${environment} and commit the file, or let a missing environment pass with { missingEnvironment: 'warn' }.`;
  return [
    `There is no memory baseline of ${titled(options)}.`,
    '',
    ...wrap(
      recorded.length === 0
        ? `${file} has no such entry, and this run records nothing (CI).`
        : `${file} has one for ${others}, and this run records nothing (CI).`,
      style.width,
      '  ',
    ),
    ...wrap(next, style.width, '  ', '      '),
  ].join('\n');
}

function notComparable(
  why: Incomparable,
  options: BaselineTextOptions,
  style: Style,
): string {
  return [
    `The memory baseline of ${titled(options)} cannot be compared: ${reason(why)}.`,
    '',
    ...wrap(`in ${relativePath(options)}`, style.width, '  '),
    ...wrap('Next: run with -u to record it again.', style.width, '  ', '      '),
  ].join('\n');
}

function reason(why: Incomparable): string {
  switch (why.because) {
    case 'tier':
      return `it was recorded on the ${why.baseline} tier, and this is the ${why.now} tier`;
    case 'node':
      return `it was recorded with ${nodeName(why.baseline)}, and this is ${nodeName(why.now)}`;
    case 'highwater':
      return `it was recorded by highwater ${why.baseline}, and ${why.now} measures differently`;
    case 'metrics':
      return why.missing.length === 0
        ? 'it has none of the numbers that were measured'
        : `it has no ${why.missing.join(', no ')}`;
  }
}

function relativePath({ baselineFile, root }: BaselineTextOptions): string {
  const base = root.replace(/\/$/, '');
  return baselineFile.startsWith(`${base}/`)
    ? baselineFile.slice(base.length + 1)
    : baselineFile;
}
