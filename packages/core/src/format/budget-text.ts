// A broken budget in words: limit, fact, where, next.

import type { BudgetVerdict } from '../budget.js';
import {
  formatBytes,
  formatBytesApart,
  formatBytesExact,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
} from '../bytes.js';
import { spreadWidth } from '../stats.js';
import type { Metric, PartialMeasurement } from '../types.js';
import { type BlamedSites, blamedLines, blamedSites, culpritOf } from './budget-sites.js';
import { wrap } from './layout.js';
import { type Style, type TextOptions, toStyle } from './style.js';
import {
  callOf,
  callOrName,
  countLiteral,
  nodeName,
  plural,
  roundAbove,
  roundDown,
  sizeLiteral,
} from './wording.js';

/** {@link TextOptions}, and what was asked. */
export interface BudgetTextOptions extends TextOptions {
  /** `fn.name`; a nameless function is "one call". */
  readonly name?: string;
  /** The text for `.not`, which failed because the budget holds. */
  readonly negated?: boolean;
}

interface Words {
  readonly expected: string;
  readonly did: string;
  readonly matcher: string;
  /** The wish in the "next" line. */
  readonly wish: string;
}

const WORDS: Readonly<Record<Metric, Words>> = {
  allocatedBytes: {
    expected: 'allocate less than',
    did: 'it allocated',
    matcher: 'toAllocateLessThan',
    wish: 'allocate less',
  },
  allocatedCount: {
    expected: 'allocate fewer than',
    did: 'it allocated',
    matcher: 'toAllocateFewerThan',
    wish: 'allocate fewer objects',
  },
  peakBytes: {
    expected: 'peak below',
    did: 'it peaked at',
    matcher: 'toPeakBelow',
    wish: 'hold less at the same time',
  },
  peakUsedBytes: {
    expected: 'peak, garbage included, below',
    did: 'it peaked at',
    matcher: 'toPeakBelow',
    wish: 'allocate less',
  },
  retainedBytes: {
    expected: 'retain less than',
    did: 'it retained',
    matcher: 'toRetainLessThan',
    wish: 'drop what it no longer needs',
  },
};

/**
 * Why a budget matcher failed, ready to print. The first line says it all; by default at most
 * about 15 lines.
 */
export function formatBudget(
  verdict: BudgetVerdict,
  measurement: PartialMeasurement,
  options: BudgetTextOptions,
): string {
  const style = toStyle(options);
  const negated = options.negated ?? false;
  const sites = negated ? NO_SITES : blamedSites(verdict, measurement, style);
  const facts = [
    ...wrapped(partsText(verdict, measurement), style),
    ...blamedLines(sites, verdict, style),
  ];
  return [
    headline(verdict, options, style),
    '',
    ...(facts.length === 0 ? [] : [...facts, '']),
    ...wrapped(measuredText(verdict.metric, measurement, style), style).map((line) =>
      style.paint.dim(line),
    ),
    ...wrapped(nextText(verdict, sites, negated), style, '      '),
  ].join('\n');
}

const NO_SITES: BlamedSites = { heap: [], native: [] };

function wrapped(text: string, style: Style, hang = ''): string[] {
  return text === '' ? [] : wrap(text, style.width, '  ', hang);
}

function headline(
  verdict: BudgetVerdict,
  options: BudgetTextOptions,
  { paint }: Style,
): string {
  const { metric, limit, actual, difference, ledger } = verdict;
  const words = WORDS[metric];
  const isCount = metric === 'allocatedCount';
  const call = callOf(options.name);
  const subject = call === undefined ? 'one call' : `one call of ${call}`;
  const [limitText, actualText] = isCount
    ? formatCountApart(limit, actual)
    : formatBytesApart(limit, actual);
  const unit = isCount
    ? limitText === '1'
      ? ' object'
      : ' objects'
    : LEDGER_WORDS[ledger];
  const signed = isCount ? formatCountSigned(difference) : formatBytesSigned(difference);
  const equal = isCount ? ' (not fewer)' : ' (not less)';
  const excess =
    options.negated === true ? '' : difference === 0 ? equal : ` (${signed})`;
  const exactly = difference === 0 ? 'exactly ' : '';
  return (
    `Expected ${subject} ${options.negated === true ? 'not to' : 'to'} ${words.expected} ` +
    `${paint.green(limitText)}${unit}, but ${words.did} ${exactly}${paint.red(actualText)}${excess}.`
  );
}

const LEDGER_WORDS = {
  heap: " of V8's heap",
  native: ' of native memory',
  total: '',
} as const;

/** What the number is made of, as far as the first line has not said it. */
function partsText(verdict: BudgetVerdict, measurement: PartialMeasurement): string {
  const { metric, ledger, parts, unmeasured } = verdict;
  const shown: string[] = [];
  const usedBytes = metric === 'peakBytes' ? measurement.heap.peakUsedBytes : undefined;
  if (parts.heap !== undefined && ledger !== 'native') {
    if (usedBytes !== undefined) {
      shown.push(
        `heap ${formatBytes(parts.heap)} live, ${formatBytes(usedBytes)} with uncollected garbage`,
      );
    } else if (
      ledger === 'total' &&
      metric !== 'allocatedCount' &&
      metric !== 'peakUsedBytes'
    ) {
      shown.push(`heap ${formatBytes(parts.heap)}`);
    }
  }
  if (ledger === 'total' && parts.native !== undefined) {
    shown.push(`native ${formatBytes(parts.native)}`);
  }
  if (unmeasured.includes('native')) {
    const { nativeUnavailable } = measurement;
    shown.push(
      `native not measured${nativeUnavailable === undefined ? '' : ` (${nativeUnavailable})`}`,
    );
  }
  return shown.join(', ');
}

function measuredText(
  metric: Metric,
  measurement: PartialMeasurement,
  style: Style,
): string {
  const { tier, rounds, iterations, nodeVersion, warmup, gc, rss } = measurement;
  const spread = measurement.spread[metric];
  const isCount = metric === 'allocatedCount';
  const format = isCount ? formatCount : formatBytes;
  const exact = isCount ? formatCount : formatBytesExact;
  const parts = [
    `${plural(rounds, 'round')} of ${plural(iterations, 'call')}`,
    ...(spread === undefined ? [] : [`spread ${format(spreadWidth(spread))}`]),
    nodeName(nodeVersion),
  ];
  const text = `Measured on the ${tier} tier: ${parts.join(', ')}.`;
  if (!style.verbose) return text;

  const resident =
    'unavailable' in rss
      ? `resident memory unavailable: ${rss.unavailable}`
      : `resident memory ${formatBytes(rss.startBytes)} at the start, ${formatBytes(rss.peakBytes)} at most, ${formatBytes(rss.endBytes)} at the end`;
  const each =
    spread === undefined || spreadWidth(spread) === 0
      ? ''
      : ` Rounds: ${spread.values.map(exact).join(', ')}.`;
  return `${text}${each} ${plural(warmup, 'warm-up call')}; ${plural(gc.minorCount, 'minor collection')}, ${plural(gc.majorCount, 'major collection')}, ${formatCount(gc.pauseMs)} ms paused; ${resident}.`;
}

function nextText(verdict: BudgetVerdict, sites: BlamedSites, negated: boolean): string {
  const { metric, actual } = verdict;
  const { matcher, wish } = WORDS[metric];
  const literal = metric === 'allocatedCount' ? countLiteral : sizeLiteral;
  if (negated) {
    return `Next: drop \`.not\`, or lower the limit: not.${matcher}(${literal(roundDown(actual))}).`;
  }
  const raise = `raise the limit: ${matcher}(${literal(roundAbove(actual))}).`;
  if (metric === 'retainedBytes' && sites.native.length === 0) {
    return `Next: toNotLeak() names the line that allocates what stays. If it may stay, ${raise}`;
  }
  // Nobody can make a dependency allocate less; calling it less is up to the function itself.
  const culprit = culpritOf(sites, verdict);
  return `Next: make ${culprit === undefined ? 'it' : callOrName(culprit)} ${wish}, or ${raise}`;
}
