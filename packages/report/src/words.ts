// What is said of a finding, in whatever format: one sentence, and details on demand.

import {
  type BaselineMetric,
  type BaselineOutcome,
  type CallsiteChange,
  formatBytes,
  formatBytesApart,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
  formatShare,
  type LimitRecord,
  type TestIdentity,
  type TestRecord,
} from '@highwater/core';
import { addUpSites, siteKey } from './callsites.js';
import type { RunMetricChange } from './compare-runs.js';
import type { Finding } from './gate.js';
import { METRIC_WORDS } from './metrics.js';

const LIMIT_WORDS: Readonly<Record<LimitRecord['metric'], string>> = {
  allocated: 'allocated',
  peak: 'peak',
  retained: 'retained',
  native: 'native',
  leak: 'leaks',
};

/** `peak 31.2 MB, limit 24 MB (+7.2 MB)` */
export function limitWords({ metric, limit, actual }: LimitRecord): string {
  const [now, most] = formatBytesApart(actual, limit);
  return `${LIMIT_WORDS[metric]} ${now}, limit ${most} (${formatBytesSigned(actual - limit)})`;
}

/** `allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)` */
export function changeWords({
  metric,
  before,
  now,
  difference,
}: RunMetricChange): string {
  const [after, old] = formatBytesApart(now, before);
  return `${METRIC_WORDS[metric]} ${after}, was ${old} (${differenceWords(difference, before)})`;
}

/** In bytes, and as a share where there is something to share. */
export function differenceWords(difference: number, before: number): string {
  const bytes = formatBytesSigned(difference);
  const share = shareWords(difference, before);
  return share === undefined ? bytes : `${bytes}, ${share}`;
}

/** `undefined` beside nearly nothing, where a percentage would be large and mean as little. */
export function shareWords(difference: number, before: number): string | undefined {
  if (before < 1_000 || Math.abs(difference) > 100 * before) return undefined;
  const sign = difference < 0 ? '-' : '+';
  return `${sign}${formatShare(Math.abs(difference) / before)}`;
}

/** The numbers of a baseline that are as its verdict is. */
export function baselinePartsOf({ metrics, verdict }: BaselineOutcome): readonly {
  readonly what: string;
  readonly was: string;
  readonly now: string;
  readonly change: string;
}[] {
  return metrics
    .filter((metric) => metric.verdict === verdict)
    .map(({ ledger, metric, baseline, now }) => {
      const owner = ledger === 'native' ? 'native ' : '';
      const isCount = metric === 'allocatedCount';
      const [after, was] = (isCount ? formatCountApart : formatBytesApart)(now, baseline);
      return {
        what: `${owner}${isCount && ledger === 'native' ? 'blocks' : BASELINE_WORDS[metric]}`,
        was,
        now: after,
        change: isCount
          ? formatCountSigned(now - baseline)
          : differenceWords(now - baseline, baseline),
      };
    });
}

const BASELINE_WORDS: Readonly<Record<BaselineMetric, string>> = {
  allocatedBytes: 'allocated',
  allocatedCount: 'objects',
  peakBytes: 'peak',
  retainedBytes: 'retained',
};

/** What is worse or better about a test, a phrase for each number. */
export function phrasesOf(finding: Finding): readonly string[] {
  switch (finding.kind) {
    case 'limit':
      return [limitWords(finding.limit)];
    case 'baseline': {
      const { outcome } = finding;
      if (outcome.verdict === 'missing') return ['no baseline to compare with'];
      return baselinePartsOf(outcome).map(
        ({ what, was, now, change }) =>
          `${what} ${now} per call, baseline ${was} (${change})`,
      );
    }
    case 'change':
      return finding.change.metrics
        .filter(({ verdict }) => verdict === finding.change.verdict)
        .map(changeWords);
  }
}

/** What happened to the test, in a word or three. */
export function kindWords({ kind, direction }: Finding): string {
  if (kind === 'limit') return 'limit broken';
  const verdict =
    direction === 'worse' ? 'regressed' : direction === 'better' ? 'improved' : 'missing';
  return kind === 'baseline' ? `baseline ${verdict}` : verdict;
}

/** The titles; the file is said beside them. */
export function titleOf({ titles, ordinal }: TestIdentity): string {
  const title = printable(titles.join(' > '));
  return ordinal > 1 ? `${title} (${ordinal})` : title;
}

/** `test/parser.test.ts:12` */
export function placeOf({ file, line }: Pick<TestRecord, 'file' | 'line'>): string {
  const path = printable(file);
  return line === undefined || line === 0 ? path : `${path}:${line}`;
}

/** Without control characters, line separators and halves of surrogate pairs: they break lines, terminals and parsers. */
export function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** A function that allocates, with what it allocates; a line. */
export interface SiteWords {
  readonly bytes: string;
  readonly difference: string | undefined;
  readonly name: string;
  readonly place: string;
  /** Tells apart what has the same name and place. */
  readonly caller?: { readonly name: string; readonly place: string };
}

/** Why the number of a finding is what it is: what changed, or what allocates most. Most first. */
export function sitesOf(finding: Finding): readonly SiteWords[] {
  if (finding.kind === 'change' && finding.change.callsites.length > 0) {
    return finding.change.callsites.map(changedSite);
  }
  return allocatingSites(finding.test);
}

/** What allocates most. */
export function allocatingSites({ callsites = [] }: TestRecord): readonly SiteWords[] {
  return addUpSites(callsites, siteKey).map(
    ({ functionName, file, line, bytes, caller }) => ({
      bytes: formatBytes(bytes),
      difference: undefined,
      ...siteName(functionName, file, line),
      ...(caller !== undefined && {
        caller: siteName(caller.functionName, caller.file, caller.line),
      }),
    }),
  );
}

/** A function before and now. */
export function changedSite({
  baseline,
  now,
  bytesDifference,
}: CallsiteChange): SiteWords {
  const site = now ?? baseline;
  return {
    bytes: formatBytes(now?.allocatedBytes ?? 0),
    difference: formatBytesSigned(bytesDifference),
    ...siteName(site?.function ?? '', site?.file ?? '', site?.line ?? 0),
  };
}

function siteName(
  name: string,
  file: string,
  line: number,
): Pick<SiteWords, 'name' | 'place'> {
  return {
    name: name === '' ? '(anonymous)' : printable(name),
    place: file === '' ? '(built in)' : placeOf({ file, line }),
  };
}

/** `3 tests`, `1 test`. */
export function counted(count: number, noun: string): string {
  return `${formatCount(count)} ${noun}${count === 1 ? '' : 's'}`;
}
