// Two lists of callsites as a diff: what a function cost, what it costs, and what is unchanged.

import { formatBytes, formatBytesSigned, formatCountSigned } from '../bytes.js';
import type {
  BaselineLedger,
  Blame,
  CallsiteChange,
  Comparison,
  MetricChange,
  RecordedCallsite,
} from '../types.js';
import { alignColumns, type Cell, GAP, widthOf, wrap } from './layout.js';
import { frameLocation } from './location.js';
import { fitPlaces } from './named-places.js';
import type { Style } from './style.js';
import { formatShare, plural } from './wording.js';

const SIGN_WIDTH = 2;
/** Changes that are shown when none of them is known to be the cause. */
const MOST_WITHOUT_BLAME = 4;
const ENOUGH_SHARE = 0.9;

/**
 * The functions that make up a regression, as they were and as they are. With `verbose` every function,
 * unchanged ones too.
 */
export function changedCallsites(comparison: Comparison, style: Style): string[] {
  return [
    ...ledgerDiff('heap', comparison, style),
    ...ledgerDiff('native', comparison, style),
  ];
}

/** Of a ledger that regressed; with `verbose` of either. */
function ledgerDiff(
  ledger: BaselineLedger,
  { callsites: ofHeap, nativeCallsites, blame: blames, metrics }: Comparison,
  style: Style,
): string[] {
  const worse = metrics.filter(
    (metric) => metric.ledger === ledger && metric.verdict === 'regressed',
  );
  if (worse.length === 0 && !style.verbose) return [];
  const callsites = ledger === 'heap' ? ofHeap : nativeCallsites;
  const blame = blames.find((one) => one.ledger === ledger);
  const changed = callsites.filter(isChanged);
  const shown = style.verbose
    ? callsites
    : (blame?.callsites ?? changed.slice(0, MOST_WITHOUT_BLAME));
  const hidden = changed.filter((change) => !shown.includes(change)).length;
  const unchanged = callsites.length - changed.length;
  const rest = [
    ...(hidden === 0 ? [] : [`${hidden} more changed`]),
    ...(unchanged === 0 || style.verbose ? [] : [`${unchanged} unchanged`]),
  ];
  const by = blame?.by ?? 'allocatedBytes';
  const noun = ledger === 'heap' ? 'object' : 'block';
  const heading = ledger === 'heap' ? 'callsites' : 'callsites of native memory';
  const lines =
    shown.length === 0
      ? []
      : [
          `  ${heading} (${by === 'allocatedBytes' ? 'bytes' : `${noun}s`} per call)`,
          ...table(shown, by, noun, style),
          ...(rest.length === 0 ? [] : [`  ... ${rest.join(', ')}`]),
        ];
  const caveat = caveatOf(blame, worse, callsites.length, changed.length);
  return [
    ...lines,
    ...(caveat === undefined ? [] : wrap(caveat, style.width, '  ')),
    ...(lines.length === 0 && caveat === undefined ? [] : ['']),
  ];
}

function isChanged({ bytesDifference, countDifference }: CallsiteChange): boolean {
  return bytesDifference !== 0 || countDifference !== 0;
}

/** One line of the diff. */
interface Row {
  readonly sign: '-' | '+' | ' ';
  readonly site: RecordedCallsite;
  /** Right of the numbers: the difference, `new` or `gone`. */
  readonly news: string;
}

function table(
  changes: readonly CallsiteChange[],
  by: Blame['by'],
  noun: 'object' | 'block',
  { paint, width, verbose }: Style,
): string[] {
  const rows = changes.flatMap((change) => rowsOf(change, by));
  const numbers = rows.map(({ site, news }): Cell[] => [
    { text: formatBytes(site.allocatedBytes), align: 'right' },
    { text: plural(site.allocatedCount, noun), align: 'right' },
    { text: news },
  ]);
  const entries = rows.map(({ site }) => ({
    name: nameOf(site),
    // Recorded relative to the root.
    place: frameLocation(site, ''),
  }));
  const room = width - SIGN_WIDTH - widthOf(numbers) - GAP.length;
  const fitted = fitPlaces(entries, verbose ? Infinity : room);
  const cells = rows.map(({ sign }, index): Cell[] => [
    { text: `${sign} ${fitted[index]?.name ?? ''}` },
    { text: fitted[index]?.isBelow === true ? '' : (entries[index]?.place ?? '') },
    ...(numbers[index] ?? []),
  ]);
  return alignColumns(cells, '').flatMap((line, index) => {
    const sign = rows[index]?.sign ?? ' ';
    const colour = sign === '-' ? paint.green : sign === '+' ? paint.red : same;
    const below =
      fitted[index]?.isBelow === true
        ? [`${sign}     ${entries[index]?.place ?? ''}`]
        : [];
    return [line.trimEnd(), ...below].map((row) => colour(row));
  });
}

const same = (text: string): string => text;

function rowsOf(change: CallsiteChange, by: Blame['by']): readonly Row[] {
  const { baseline, now } = change;
  if (!isChanged(change))
    return now === undefined ? [] : [{ sign: ' ', site: now, news: '' }];
  const rows: Row[] = [];
  if (baseline !== undefined) {
    rows.push({ sign: '-', site: baseline, news: now === undefined ? 'gone' : '' });
  }
  if (now !== undefined) {
    const news = baseline === undefined ? 'new' : signed(change, by);
    rows.push({ sign: '+', site: now, news });
  }
  return rows;
}

function nameOf(site: RecordedCallsite): string {
  return site.function === '' ? '(anonymous)' : site.function;
}

function signed(change: CallsiteChange, by: Blame['by']): string {
  return by === 'allocatedBytes' || change.countDifference === 0
    ? formatBytesSigned(change.bytesDifference)
    : formatCountSigned(change.countDifference);
}

/** What the callsites do not show, and why. */
function caveatOf(
  blame: Blame | undefined,
  worse: readonly MetricChange[],
  siteCount: number,
  changedCount: number,
): string | undefined {
  if (blame?.ledger === 'native' && siteCount === 0) {
    return 'The record does not say who asked for native memory: run with -u to record it.';
  }
  if (blame !== undefined) {
    if (blame.share >= ENOUGH_SHARE) return undefined;
    const counted = blame.ledger === 'heap' ? 'objects' : 'blocks';
    const what = blame.by === 'allocatedBytes' ? 'bytes' : counted;
    return changedCount === 0
      ? `No listed callsite allocates more: the change is in functions too small to be listed, or in what V8 allocates for itself.`
      : `These account for ${formatShare(blame.share)} of the change in ${what}; the rest is in functions too small to be listed, or in what V8 allocates for itself.`;
  }
  if (worse.some(({ metric }) => metric === 'peakBytes')) {
    return 'Callsites show everything that was allocated, not what of it was held at the same time.';
  }
  return undefined;
}
