// What is said of a finding, in whatever format: one sentence, and details on demand.

import {
  type BaselineMetric,
  type BaselineOutcome,
  type CallsiteChange,
  classCount,
  formatBytes,
  formatBytesApart,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
  formatShare,
  inProject,
  type LimitRecord,
  type TestIdentity,
  type TestRecord,
} from '@highwater/core';
import { addUpSites, siteKey } from './callsites.js';
import type { FileChange, FilesComparison } from './compare-files.js';
import type { RunMetricChange, TestChange } from './compare-runs.js';
import type { FileFinding, Finding } from './gate.js';
import { METRIC_WORDS } from './metrics.js';

export const LIMIT_WORDS: Readonly<Record<LimitRecord['metric'], string>> = {
  allocated: 'allocated',
  peak: 'peak',
  retained: 'retained',
  native: 'native',
  leak: 'leaks',
  leftBehind: 'left behind',
};

/** `peak 31.2 MB, limit 24 MB (+7.2 MB)`, and in which try when that was not the last */
export function limitWords({ metric, limit, actual, inTry }: LimitRecord): string {
  const [now, most] = formatBytesApart(actual, limit);
  const when = inTry === undefined ? '' : ` in try ${inTry}`;
  return `${LIMIT_WORDS[metric]} ${now}, limit ${most} (${formatBytesSigned(actual - limit)})${when}`;
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
        .map(changeWords)
        .concat(unsteadyWords(finding.change));
    case 'file-limit':
      return [limitWords(finding.limit), ...leftWords(finding)];
    case 'left-behind':
      return [leftChangeWords(finding.change), ...leftWords(finding)];
  }
}

export const DRAWS_RANDOM = 'it draws random numbers';
/** How such a test can be judged. */
export const RANDOM_ADVICE = 'Give earlier runs with --history, or use a fixed seed.';

/** Why its numbers may differ without a change, a phrase each. */
export function unsteadyWords({
  isRandom,
  metrics,
  verdict,
}: TestChange): readonly string[] {
  const usual = metrics
    .filter((metric) => metric.verdict === verdict && metric.allowedBy === 'noise')
    .map(
      ({ metric, allowed }) =>
        `it is unsteady: ${METRIC_WORDS[metric]} often differs by up to ${formatBytes(allowed)}`,
    );
  return [...(isRandom ? [DRAWS_RANDOM] : []), ...usual];
}

/** The same, with what to do where nobody can judge, for formats that tell each finding by itself. */
export function sentencesOf(finding: Finding): readonly string[] {
  const phrases = phrasesOf(finding);
  return isUnclear(finding) ? [...phrases, RANDOM_ADVICE] : phrases;
}

/** Numbers differ, and only earlier runs could tell whether that is chance. */
export function isUnclear(finding: Finding): boolean {
  return finding.kind === 'change' && finding.change.isUnclear;
}

/** `Not judged: 1 test draws random numbers` */
export function notJudgedWords(count: number): string {
  return `Not judged: ${counted(count, 'test')} ${count === 1 ? 'draws' : 'draw'} random numbers`;
}

/** `left behind 3.7 MB, was 0 B (+3.7 MB)`; a part of it may be what another file left. */
function leftChangeWords({ before, now, difference }: FileChange): string {
  const [after, old] = formatBytesApart(now, before);
  const isAll = difference === now - before;
  const change = `${differenceWords(difference, before)}${isAll ? '' : ' of it new'}`;
  return `left behind ${after}, was ${old} (${change})`;
}

/** Classes that are told of a file. */
const MOST_CLASSES = 3;

/** What a file leaves, and who holds it, most first: `3.6 MB: 3,000 Session objects, held by sessions (...): Map`. */
export function leftWords(finding: FileFinding): readonly string[] {
  if (finding.kind === 'left-behind') {
    return finding.change.groups
      .filter(({ heldBy }) => heldBy !== undefined)
      .slice(0, MOST_CLASSES)
      .map(({ difference, className, count, heldBy }) =>
        classWords(formatBytesSigned(difference), className, count, heldBy),
      );
  }
  const { classes, heldBy } = finding.record;
  return classes
    .slice(0, MOST_CLASSES)
    .map(({ name, count, bytes }, index) =>
      classWords(formatBytes(bytes), name, count, heldBy[index]),
    );
}

function classWords(
  bytes: string,
  name: string,
  count: number,
  heldBy: string | undefined,
): string {
  const holder = heldBy === undefined ? '' : `, held by ${printable(heldBy)}`;
  return `${bytes}: ${classCount(count, printable(name))}${holder}`;
}

/** What happened to the test, in a word or three. */
export function kindWords({ kind, direction }: Finding): string {
  if (kind === 'limit' || kind === 'file-limit') return 'limit broken';
  if (kind === 'left-behind') {
    return direction === 'worse' ? 'left behind more' : 'left behind less';
  }
  if (kind === 'change' && direction === 'unknown') return 'not judged';
  const verdict =
    direction === 'worse' ? 'regressed' : direction === 'better' ? 'improved' : 'missing';
  return kind === 'baseline' ? `baseline ${verdict}` : verdict;
}

/** The test, or the file. */
export function nameOf(finding: Finding): string {
  return 'test' in finding
    ? titleOf(finding.test)
    : printable(inProject(finding.record.project, finding.record.file));
}

/** Where it is shown. */
export function siteOf(finding: Finding): Pick<TestRecord, 'file' | 'line'> {
  return 'test' in finding ? finding.test : { file: finding.record.file };
}

/** `3 tests`, `1 test and 2 files`. */
export function countedSubjects(tests: number, files: number): string {
  const parts = [
    ...(tests === 0 ? [] : [counted(tests, 'test')]),
    ...(files === 0 ? [] : [counted(files, 'file')]),
  ];
  return parts.join(' and ');
}

/** Why what files leave was not compared, a sentence each. */
export function uncomparedFiles(files: FilesComparison | undefined): readonly string[] {
  if (files === undefined) return [];
  const { notLooked, unjudged } = files;
  if (notLooked !== undefined) {
    const run = notLooked === 'now' ? 'in this run' : 'in the earlier run';
    return [
      `What files leave behind was not compared: nobody looked ${run} (track: 'files').`,
    ];
  }
  const [first] = unjudged;
  if (first === undefined) return [];
  const which =
    unjudged.length === 1
      ? printable(inProject(first.project, first.file))
      : counted(unjudged.length, 'file');
  const why = printable(first.notSearched ?? 'nobody could look in the earlier run');
  return [`What ${which} left behind was not compared: ${why}.`];
}

/** The titles, with the project where there is one; the file is said beside them. */
export function titleOf({ project, titles, ordinal }: TestIdentity): string {
  const title = printable(inProject(project, titles.join(' > ')));
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
  return 'test' in finding ? allocatingSites(finding.test) : [];
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
