// The verdict as a page of Markdown: a job's summary on GitHub, a comment, a wiki.

import { formatBytes, formatBytesApart, formatBytesSigned } from '@highwater/core';
import type { Finding, GateResult } from './gate.js';
import { verdictText } from './gate-text.js';
import { METRIC_WORDS } from './metrics.js';
import { uncheckedByReason } from './unchecked.js';
import {
  baselinePartsOf,
  counted,
  countedSubjects,
  differenceWords,
  isUnclear,
  kindWords,
  LIMIT_WORDS,
  leftWords,
  nameOf,
  notJudgedWords,
  placeOf,
  printable,
  RANDOM_ADVICE,
  sitesOf,
  titleOf,
  uncomparedFiles,
  unsteadyWords,
} from './words.js';

export interface MarkdownOptions {
  /** Bytes of UTF-8. Default: 60,000, which fits a comment on GitHub (65,536 characters). */
  readonly mostBytes?: number;
}

const MOST_ROWS = 50;
const MOST_DETAILS = 20;
const MOST_SITES = 10;
const MOST_PROBLEMS = 10;
const MOST_TITLE = 160;

/**
 * The verdict, a table of what changed, callsites that unfold. Whole parts are left out, and said to be,
 * rather than cut in the middle.
 */
export function formatMarkdown(
  result: GateResult,
  { mostBytes = 60_000 }: MarkdownOptions = {},
): string {
  const sign = result.isPassed ? '✅' : '❌';
  const first = `## ${sign} ${text(verdictText(result))}`;
  const faults = (result.run.faults ?? []).map((one) => `❌ ${text(one)}`);
  const parts = [
    ...faults,
    ...tableParts(result),
    ...detailParts(result),
    ...noteParts(result),
  ];
  const encoder = new TextEncoder();
  const left = '\n\nMore does not fit here; the whole is in `.highwater/run.json`.';
  let page = first;
  let room = mostBytes - encoder.encode(first + left).length - 1;
  let isCut = false;
  for (const part of parts) {
    const bytes = encoder.encode(`\n\n${part}`).length;
    if (bytes > room) {
      isCut = true;
      continue;
    }
    room -= bytes;
    page += `\n\n${part}`;
  }
  return `${page}${isCut ? left : ''}\n`;
}

/** Findings as rows; tests that are new. */
function tableParts({ findings, comparison }: GateResult): readonly string[] {
  const rows = findings.slice(0, MOST_ROWS).flatMap(rowsOf);
  const hidden = findings.length - MOST_ROWS;
  const added = comparison?.added ?? [];
  return [
    ...(rows.length === 0
      ? []
      : [
          [
            '| test | number | was | now | change |',
            '| --- | --- | ---: | ---: | ---: |',
            ...rows,
          ].join('\n'),
        ]),
    ...(hidden > 0 ? [`...and ${hidden} more.`] : []),
    ...(added.length === 0
      ? []
      : [
          unfolded(
            `${counted(added.length, 'new test')}, nothing to compare with`,
            added
              .slice(0, MOST_ROWS)
              .map((test) => {
                const peak = test.measured?.peakBytes;
                const numbers = peak === undefined ? '' : `, peak ${formatBytes(peak)}`;
                return `- ${text(short(titleOf(test)))} ${code(placeOf(test))}${numbers}`;
              })
              .join('\n'),
          ),
        ]),
  ];
}

function rowsOf(finding: Finding): readonly string[] {
  const sign =
    finding.direction === 'worse' ? '🔴' : finding.direction === 'better' ? '🟢' : '⚪';
  const test =
    'test' in finding
      ? `${sign} ${text(short(titleOf(finding.test)))}<br>${code(placeOf(finding.test))}${notesOf(finding)}`
      : `${sign} ${code(nameOf(finding))}`;
  const row = (...cells: readonly string[]): string =>
    `| ${[test, ...cells].join(' | ')} |`;
  if (finding.kind === 'left-behind') {
    const { before, now, difference } = finding.change;
    const [after, old] = formatBytesApart(now, before);
    return [row('left behind', old, after, differenceWords(difference, before))];
  }
  if ('limit' in finding) {
    const { actual, limit, metric } = finding.limit;
    const [now, most] = formatBytesApart(actual, limit);
    return [
      row(
        `${LIMIT_WORDS[metric]} over its limit`,
        `limit ${most}`,
        now,
        formatBytesSigned(actual - limit),
      ),
    ];
  }
  if (finding.kind === 'change') {
    const { change } = finding;
    return change.metrics
      .filter(({ verdict }) => verdict === change.verdict)
      .map(({ metric, before, now, difference }) => {
        const [after, old] = formatBytesApart(now, before);
        return row(METRIC_WORDS[metric], old, after, differenceWords(difference, before));
      });
  }
  const parts = baselinePartsOf(finding.outcome);
  if (parts.length === 0) return [row(kindWords(finding), '', '', '')];
  return parts.map(({ what, was, now, change }) =>
    row(`${what}, by its baseline`, was, now, change),
  );
}

function notesOf(finding: Finding): string {
  if (finding.kind !== 'change') return '';
  return unsteadyWords(finding.change)
    .map((words) => `<br>${text(words)}`)
    .join('');
}

/** Where the number of each finding comes from. */
function detailParts({ findings }: GateResult): readonly string[] {
  const left = findings.flatMap((finding) =>
    'test' in finding
      ? []
      : [
          unfolded(
            `What ${html(short(nameOf(finding)))} left behind`,
            leftWords(finding)
              .map((words) => `- ${text(words)}`)
              .join('\n'),
          ),
        ],
  );
  const sites = findings
    .map((finding) => ({ finding, sites: sitesOf(finding) }))
    .filter(({ sites }) => sites.length > 0)
    .slice(0, MOST_DETAILS)
    .map(({ finding, sites }) => {
      const hidden = sites.length - MOST_SITES;
      const lines = sites
        .slice(0, MOST_SITES)
        .map(
          ({ bytes, difference, name, place }) =>
            `| ${difference ?? ''} | ${bytes} | ${code(name)} | ${code(place)} |`,
        );
      return unfolded(
        `Callsites of ${html(short(nameOf(finding)))}`,
        [
          '| change | bytes | function | where |',
          '| ---: | ---: | --- | --- |',
          ...lines,
          ...(hidden > 0 ? ['', `...and ${hidden} more.`] : []),
        ].join('\n'),
      );
    });
  return [...left.slice(0, MOST_DETAILS), ...sites];
}

function noteParts({
  run,
  findings,
  comparison,
  files,
  unchecked,
  uncheckedFiles,
}: GateResult): readonly string[] {
  const unclear = findings.filter(isUnclear).length;
  const removed = comparison?.removed.length ?? 0;
  const unjudged = comparison?.unjudged.length ?? 0;
  const hidden = run.problems.length - MOST_PROBLEMS;
  return [
    ...(unclear === 0
      ? []
      : [`⚪ ${text(`${notJudgedWords(unclear)}. ${RANDOM_ADVICE}`)}`]),
    ...(removed === 0 ? [] : [`${counted(removed, 'test')} gone since then.`]),
    ...(unjudged === 0
      ? []
      : [`${counted(unjudged, 'test')} without numbers to compare.`]),
    ...uncheckedByReason(unchecked, uncheckedFiles).map(
      ({ why, tests, files: some }) =>
        `⚠️ Limits of ${countedSubjects(tests.length, some.length)} not checked: ${text(why)}.`,
    ),
    ...uncomparedFiles(files).map((sentence) => `⚠️ ${text(sentence)}`),
    ...(run.problems.length === 0
      ? []
      : [
          [
            `⚠️ ${counted(run.problems.length, 'problem')} while recording:`,
            '',
            ...run.problems.slice(0, MOST_PROBLEMS).map((one) => `- ${text(short(one))}`),
            ...(hidden > 0 ? [`- ...and ${hidden} more`] : []),
          ].join('\n'),
        ]),
  ];
}

function unfolded(summary: string, body: string): string {
  return `<details><summary>${summary}</summary>\n\n${body}\n\n</details>`;
}

function short(title: string): string {
  const one = printable(title);
  return one.length <= MOST_TITLE ? one : `${one.slice(0, MOST_TITLE - 3)}...`;
}

function html(plain: string): string {
  return plain.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** Nobody's title is markup, a table's border, a mention or a link. */
function text(plain: string): string {
  return html(printable(plain))
    .replace(/[\\`*_{}[\]()#|~]/g, (sign) => `\\${sign}`)
    .replace(LINKED, ZERO_WIDTH);
}

/** In a table a border counts even within code, so this is HTML. */
function code(plain: string): string {
  const safe = html(printable(plain))
    .replace(/[\\`*_[\]|~]/g, (sign) => `&#${sign.charCodeAt(0)};`)
    .replace(LINKED, ZERO_WIDTH);
  return `<code>${safe}</code>`;
}

/** What GitHub makes a link of by itself: mentions and addresses. */
const LINKED = /(?<=@)(?=\w)|(?<=https?:|ftp:)(?=\/\/)|(?<=\bwww)(?=\.)/gi;
const ZERO_WIDTH = '\u200B';
