// Where what a leak keeps was asked for, on lines of its failure text.

import type { LeakJudgement } from '../budget.js';
import { formatBytes } from '../bytes.js';
import { sum } from '../stats.js';
import type {
  LeakPoint,
  LeakReport,
  LeakSite,
  NativeCaller,
  NativeStack,
} from '../types.js';
import {
  NO_JAVASCRIPT,
  nativeStackNotes,
  rankSites,
  type SiteNumbers,
  type SiteTable,
  siteLines,
} from './callsite-text.js';
import { openFileOf, wasmMemoryOf } from './held-text.js';
import { wrap } from './layout.js';
import type { CallUnit } from './leak-amounts.js';
import type { Style } from './style.js';
import { plural } from './wording.js';

/** A leak's callsite as a row. */
export interface GrowingSite extends SiteNumbers {
  readonly code?: string;
  readonly series: readonly LeakPoint[];
  readonly nativeStacks?: readonly NativeStack[];
}

function toRow(site: LeakSite): GrowingSite {
  return {
    frames: site.frames.length > 0 ? site.frames : [NO_JAVASCRIPT],
    count: site.objectsPerCall,
    bytes: site.bytesPerCall,
    series: site.series,
    ...(site.code !== undefined && { code: site.code }),
    ...(site.nativeStacks !== undefined && { nativeStacks: site.nativeStacks }),
  };
}

/** The callsites of a report, heaviest first: of objects, else of native memory. */
export function rankLeakSites(
  { sites, nativeSites }: LeakReport,
  style: Style,
): readonly GrowingSite[] {
  const shown = nativeSites.length > 0 ? nativeSites : sites;
  return rankSites(shown.map(toRow), 'bytes', style);
}

/** Which functions ask for what stays. @param ranked from {@link rankLeakSites} */
export function whereLines(
  ranked: readonly GrowingSite[],
  { verdict, nativeBytesPerCall }: LeakJudgement,
  report: LeakReport,
  unit: CallUnit,
  style: Style,
): string[] {
  if (openFileOf(report) !== undefined || wasmMemoryOf(report) !== undefined) return [];
  const { nativeSites, nativeCallers, nativeUnavailable } = report;
  if (nativeSites.length > 0) {
    return [
      `  native memory asked for at (${unit.per}):`,
      ...siteLines(ranked, siteTable('block', unit, true, style), style),
      ...callerLines(nativeCallers, style),
    ];
  }
  if (ranked.length === 0) {
    const why =
      nativeBytesPerCall > 0 && nativeUnavailable !== undefined
        ? ` Lines of native memory are not known here: ${nativeUnavailable}.`
        : '';
    return verdict === 'clean'
      ? []
      : wrap(`No allocating function could be named for it.${why}`, style.width, '  ');
  }
  // What a snapshot shows has the sizes of what is there now; what was sampled, those of what was asked for.
  const isSized = report.groups.length === 0;
  const all = plural(sum(ranked.map(({ count }) => count)) * unit.calls, 'object');
  return [
    isSized
      ? `  allocated at (${unit.per}):`
      : `  allocated at (${all} ${unit.per}, parts included):`,
    ...siteLines(ranked, siteTable('object', unit, isSized, style), style),
  ];
}

/** No line asked for what a thread keeps; but one has started it. */
function callerLines(callers: readonly NativeCaller[], style: Style): string[] {
  if (callers.length === 0) return [];
  const sites = callers.map((caller) => ({ ...caller, count: 0, bytes: 0 }));
  return [
    '  lines that called into native code meanwhile:',
    ...siteLines(
      sites,
      {
        numbers: () => [],
        rest: () => '',
        notes: ({ code }) => (code === undefined ? [] : [code]),
      },
      style,
    ),
  ];
}

/** @param isSized also in bytes */
function siteTable(
  noun: 'object' | 'block',
  { calls }: CallUnit,
  isSized: boolean,
  style: Style,
): SiteTable<GrowingSite> {
  const counted = (count: number): string => plural(count * calls, noun);
  return {
    numbers: ({ count, bytes }) => [
      counted(count),
      ...(isSized ? [formatBytes(bytes * calls)] : []),
    ],
    rest: (hidden) => {
      const bytes = formatBytes(sum(hidden.map((site) => site.bytes)) * calls);
      const count = counted(sum(hidden.map((site) => site.count)));
      return ` (${count}${isSized ? `, ${bytes}` : ''})`;
    },
    notes: ({ code, nativeStacks }) => [
      ...(code === undefined ? [] : [code]),
      ...nativeStackNotes(nativeStacks, style),
    ],
    details: ({ series }) =>
      series.map(
        ({ calls, liveCount, liveBytes }) =>
          `after ${plural(calls, 'call')}: ${plural(liveCount, noun)}${isSized ? `, ${formatBytes(liveBytes)}` : ''}`,
      ),
  };
}
