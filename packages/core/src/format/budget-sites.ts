// Which lines a broken budget blames, of either ledger.

import type { BudgetVerdict } from '../budget.js';
import { formatBytes } from '../bytes.js';
import type {
  Metric,
  NativeCallsite,
  NativeStack,
  PartialMeasurement,
} from '../types.js';
import {
  NO_JAVASCRIPT,
  nativeStackNotes,
  rankSites,
  type SiteNumbers,
  siteLines,
} from './callsite-text.js';
import { userFunction } from './location.js';
import type { Style } from './style.js';
import { formatShare, plural } from './wording.js';

export interface BlamedSite extends SiteNumbers {
  readonly nativeStacks?: readonly NativeStack[];
}

/** The sites of a verdict, heaviest first; none where a ledger has too little of the number. */
export interface BlamedSites {
  readonly heap: readonly BlamedSite[];
  readonly native: readonly BlamedSite[];
}

export function blamedSites(
  verdict: BudgetVerdict,
  measurement: PartialMeasurement,
  style: Style,
): BlamedSites {
  const is = blamed(verdict);
  const by = verdict.metric === 'allocatedCount' ? 'count' : 'bytes';
  return {
    heap: rankSites(is.heap ? sitesOf(measurement) : [], by, style),
    native: rankSites(
      is.native ? nativeSitesOf(measurement, verdict.metric) : [],
      'bytes',
      style,
    ),
  };
}

/** The tables of {@link blamedSites}. */
export function blamedLines(
  { heap, native }: BlamedSites,
  verdict: BudgetVerdict,
  style: Style,
): string[] {
  const { metric, parts } = verdict;
  // Callsites are of what is allocated: of a peak or of what stays, they are not the parts.
  const isAllocation = metric === 'allocatedBytes' || metric === 'allocatedCount';
  return [
    ...whereLines(
      heap,
      {
        heading: HEADINGS[metric],
        telling:
          metric === 'allocatedCount'
            ? 'count'
            : metric === 'retainedBytes'
              ? 'alive'
              : 'object',
        whole: isAllocation ? parts.heap : undefined,
      },
      style,
    ),
    ...whereLines(
      native,
      {
        heading: NATIVE_HEADINGS[metric],
        telling: 'block',
        whole: isAllocation ? parts.native : undefined,
      },
      style,
    ),
  ];
}

/** A ledger below this share of the number is nobody's reason to look for lines. */
const BLAMED_SHARE = 0.05;

function blamed({ ledger, actual, parts }: BudgetVerdict): {
  readonly heap: boolean;
  readonly native: boolean;
} {
  const isMuch = (part: number | undefined): boolean =>
    (part ?? 0) >= BLAMED_SHARE * actual && (part ?? 0) > 0;
  return {
    heap:
      ledger !== 'native' &&
      (ledger === 'heap' || !isMuch(parts.native) || isMuch(parts.heap)),
    native: ledger !== 'heap' && isMuch(parts.native),
  };
}

/** The heaviest site of the ledger that has most of it. */
export function culpritOf(
  { heap, native }: BlamedSites,
  { parts, ledger }: BudgetVerdict,
): string | undefined {
  const isNative = ledger === 'native' || (parts.native ?? 0) > (parts.heap ?? 0);
  const [first, second] = isNative ? [native, heap] : [heap, native];
  const frames = (first[0] ?? second[0])?.frames ?? [];
  return userFunction(frames[0]);
}

/** Bytes of the metric in question. What no JavaScript asked for has no frames to show. */
function nativeSitesOf(
  measurement: PartialMeasurement,
  metric: Metric,
): readonly BlamedSite[] {
  const bytesOf = ({
    allocatedBytes,
    peakBytes,
    retainedBytes,
  }: NativeCallsite): number =>
    metric === 'peakBytes'
      ? peakBytes
      : metric === 'retainedBytes'
        ? retainedBytes
        : allocatedBytes;
  return (measurement.native.callsites ?? [])
    .map((site) => ({
      frames: site.frames.length > 0 ? site.frames : [NO_JAVASCRIPT],
      count: metric === 'allocatedBytes' ? site.allocatedCount : 0,
      bytes: bytesOf(site),
      ...(site.nativeStacks !== undefined && { nativeStacks: site.nativeStacks }),
    }))
    .filter(({ bytes }) => bytes > 0);
}

function sitesOf(measurement: PartialMeasurement): readonly BlamedSite[] {
  return measurement.callsites.map((site) => ({
    frames: site.frames,
    count: site.allocatedCount,
    bytes: site.allocatedBytes,
  }));
}

/** How the sites of a table are told: by what they are ranked, and with what beside it. */
type Telling = 'count' | 'object' | 'block' | 'alive';

interface Table {
  readonly heading: string;
  readonly telling: Telling;
  /** The number of the verdict that the rows are of; undefined where they are of something else. */
  readonly whole: number | undefined;
}

/** A difference between two passes that is not worth a word. */
const EQUAL_SHARE = 0.01;

function whereLines(
  ranked: readonly BlamedSite[],
  { heading, telling, whole }: Table,
  style: Style,
): string[] {
  if (ranked.length === 0) return [];
  const by = telling === 'count' ? 'count' : 'bytes';
  const seen = total(ranked, by);
  // What V8 allocates for itself has no callsite.
  const unseen = whole === undefined ? 0 : whole - seen;
  const isUnseen = unseen > seen * EQUAL_SHARE;
  const isMore = -unseen > seen * EQUAL_SHARE;
  const all = isUnseen ? seen + unseen : seen;
  const text = (value: number): string =>
    by === 'count' ? plural(value, 'object') : formatBytes(value);
  const shareOf = (value: number): string => formatShare(all === 0 ? 0 : value / all);
  const numbers = ({ count, bytes }: BlamedSite): string[] => {
    switch (telling) {
      case 'count':
        return [plural(count, 'object'), shareOf(count), formatBytes(bytes)];
      case 'alive':
        return [plural(count, 'object'), shareOf(bytes)];
      case 'object':
        return [formatBytes(bytes), shareOf(bytes), plural(count, 'object')];
      case 'block':
        return [
          formatBytes(bytes),
          shareOf(bytes),
          ...(count === 0 ? [] : [plural(count, 'block')]),
        ];
    }
  };
  const rest = (hidden: readonly BlamedSite[]): string => {
    const value = total(hidden, by);
    const amount =
      telling === 'alive' ? plural(total(hidden, 'count'), 'object') : text(value);
    return ` (${amount}, ${shareOf(value)})`;
  };
  const notes = ({ nativeStacks }: BlamedSite): readonly string[] =>
    nativeStackNotes(nativeStacks, style);
  return [
    `  ${heading}${isMore ? ` (${text(seen)} in sampled calls)` : ''}:`,
    ...siteLines(ranked, { numbers, rest, notes }, style),
    ...(isUnseen ? [`    ${text(unseen)} (${shareOf(unseen)}) seen in no function`] : []),
  ];
}

const NATIVE_HEADINGS: Readonly<Record<Metric, string>> = {
  allocatedBytes: 'native memory allocated per call, by line',
  allocatedCount: 'native memory allocated per call, by line',
  peakBytes: 'native memory alive at the peak, by line',
  peakUsedBytes: 'native memory alive at the peak, by line',
  retainedBytes: 'native memory still held per call, by line',
};

const HEADINGS: Readonly<Record<Metric, string>> = {
  allocatedBytes: 'allocated per call, by function',
  allocatedCount: 'allocated per call, by function',
  // The callsites are those of allocations: a peak is made of some of them.
  peakBytes: 'everything one call allocates, by function',
  peakUsedBytes: 'everything one call allocates, by function',
  retainedBytes: 'still alive per call, by allocating function (share of bytes)',
};

function total(sites: readonly BlamedSite[], by: 'count' | 'bytes'): number {
  return sites.reduce((sum, site) => sum + site[by], 0);
}
