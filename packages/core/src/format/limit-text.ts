// Why a limit of a test is broken, in words: limit, fact, where, next.

import {
  formatBytes,
  formatBytesApart,
  formatBytesExact,
  formatBytesSigned,
} from '../bytes.js';
import type { LimitRecord, TestNumbers } from '../run/types.js';
import { sum } from '../stats.js';
import type { Callsite, RetainerPath } from '../types.js';
import { rankSites, siteLines } from './callsite-text.js';
import { classCount } from './class-words.js';
import { wrap } from './layout.js';
import { retainerLines } from './retainer-text.js';
import { type Style, type TextOptions, toStyle } from './style.js';
import { formatShare, nodeName, plural, roundUp, sizeLiteral } from './wording.js';

/** A broken limit, and what is known of why. */
export interface BrokenLimit {
  readonly record: LimitRecord & {
    readonly metric: 'allocated' | 'peak' | 'retained' | 'native';
  };
  readonly numbers: TestNumbers;
  readonly callsites: readonly Callsite[];
  /** What stayed, most bytes first. */
  readonly retained: readonly {
    readonly className: string;
    readonly count: number;
    readonly retainedBytes: number;
    readonly path: RetainerPath;
  }[];
  /** Where the limit stands: `withMemoryLimit`, or the config. */
  readonly isOfTest: boolean;
  readonly nodeVersion: string;
}

interface Words {
  readonly expected: string;
  readonly did: string;
  readonly unit: string;
  readonly wish: string;
  /** That names the line, for a single function. */
  readonly matcher: string;
}

const WORDS: Readonly<Record<BrokenLimit['record']['metric'], Words>> = {
  allocated: {
    expected: 'allocate',
    did: 'it allocated',
    unit: '',
    wish: 'allocate less',
    matcher: 'toAllocateLessThan',
  },
  peak: {
    expected: 'peak at',
    did: 'it peaked at',
    unit: '',
    wish: 'hold less at the same time',
    matcher: 'toPeakBelow',
  },
  retained: {
    expected: 'retain',
    did: 'it retained',
    unit: '',
    wish: 'let go of it',
    matcher: 'toNotLeak',
  },
  native: {
    expected: 'hold',
    did: 'it held',
    unit: ' of native memory',
    wish: 'hold less at the same time',
    matcher: 'toPeakBelow',
  },
};

const TOP = 3;
/** Less than this share of what stays is the runner's own, mostly. */
const MUCH = 0.02;
/** Less is rounding. */
const LEAST_FREED = 0.01;

/** Ready to print; the first line says it all. */
export function formatLimit(broken: BrokenLimit, options: TextOptions): string {
  const style = toStyle(options);
  const { metric, limit, actual } = broken.record;
  const { expected, did, unit } = WORDS[metric];
  const [limitText, actualText] = formatBytesApart(limit, actual);
  const { green, red, dim } = style.paint;
  const facts = [
    ...wrap(factText(broken), style.width, '  '),
    ...callsiteLines(broken, style),
    ...retainedLines(broken, style),
  ];
  return [
    `Expected the test to ${expected} ${green(limitText)}${unit} at most, but ${did} ${red(actualText)} (${formatBytesSigned(actual - limit)}).`,
    '',
    ...facts,
    '',
    ...wrap(measuredText(broken), style.width, '  ').map(dim),
    ...wrap(nextText(broken), style.width, '  ', '      '),
  ].join('\n');
}

function factText({
  record: { metric, actual },
  numbers,
  retained,
}: BrokenLimit): string {
  const allocated = `It allocated ${formatBytes(numbers.allocatedBytes)} of V8's heap`;
  switch (metric) {
    case 'allocated':
      return `At most ${formatBytes(numbers.peakBytes)} of it was there at the same time.`;
    case 'peak':
      return `${allocated}; what was live is known from its collections.`;
    case 'retained':
      return retained.length === 0
        ? `${allocated}; that much more of it is reachable now than before.`
        : `${allocated}; reachable now, and not before${freedText(retained, actual)}:`;
    case 'native':
      return `It asked for ${formatBytes(numbers.nativeAllocatedBytes ?? 0)} of native memory. What is dead but not collected yet counts as held.`;
  }
}

/** What the test retained is the difference: what it let go of is not in it. */
function freedText(retained: BrokenLimit['retained'], actual: number): string {
  const all = sum(retained.map(({ retainedBytes }) => retainedBytes));
  const freed = all - actual;
  return freed > all * LEAST_FREED
    ? ` (${formatBytes(all)} in all, less ${formatBytes(freed)} that it let go of)`
    : '';
}

function callsiteLines({ callsites, record }: BrokenLimit, style: Style): string[] {
  if (record.metric === 'retained' || record.metric === 'native') return [];
  const ranked = rankSites(
    callsites.map(({ frames, allocatedBytes, allocatedCount }) => ({
      frames,
      bytes: allocatedBytes,
      count: allocatedCount,
    })),
    'bytes',
    style,
  );
  if (ranked.length === 0) return [];
  const all = sum(ranked.map(({ bytes }) => bytes));
  const share = (bytes: number): string => formatShare(bytes / all);
  return [
    `  allocated in the test, by function (sampled, ${formatBytes(all)} in all):`,
    ...siteLines(
      ranked,
      {
        numbers: ({ bytes }) => [formatBytes(bytes), share(bytes)],
        rest: (hidden) => {
          const bytes = sum(hidden.map((site) => site.bytes));
          return ` (${formatBytes(bytes)}, ${share(bytes)})`;
        },
      },
      style,
    ),
  ];
}

function retainedLines({ retained, record }: BrokenLimit, style: Style): string[] {
  if (record.metric !== 'retained') return [];
  const isMuch = ({ retainedBytes }: (typeof retained)[number]): boolean =>
    retainedBytes >= record.actual * MUCH;
  const shown = style.verbose ? retained : retained.filter(isMuch).slice(0, TOP);
  const hidden = retained.filter((group) => !shown.includes(group));
  return [
    ...shown.flatMap(({ className, count, retainedBytes, path }) => [
      `    ${classCount(count, className)}: ${formatBytes(retainedBytes)} with what only ${count === 1 ? 'it holds' : 'they hold'}`,
      ...retainerLines(path, style, { indent: '      ' }),
    ]),
    ...(hidden.length > 0
      ? [
          `    ...and ${plural(hidden.length, 'more group')}: ${formatBytes(sum(hidden.map(({ retainedBytes }) => retainedBytes)))}`,
        ]
      : []),
  ];
}

function measuredText({ isOfTest, nodeVersion, numbers }: BrokenLimit): string {
  const whose = isOfTest ? 'withMemoryLimit' : '`limits` in the config';
  return `Limit of ${whose}; one run of ${numbers.durationMs.toFixed(0)} ms, ${nodeName(nodeVersion)}.`;
}

function nextText({
  record: { metric, actual },
  callsites,
  isOfTest,
}: BrokenLimit): string {
  const { wish, matcher } = WORDS[metric];
  const where =
    metric === 'retained' || callsites.length > 0
      ? `make it ${wish}`
      : isOfTest
        ? `make it ${wish} (${matcher} names the line of a single function)`
        : `make it ${wish} (HIGHWATER=callsites names the lines)`;
  const raised = roundUp(actual);
  // Two digits may still be below what was measured.
  const literal =
    raised >= actual ? sizeLiteral(raised) : `'${formatBytesExact(actual)}'`;
  return `Next: ${where}, or raise the limit: ${metric}: ${literal}.`;
}
