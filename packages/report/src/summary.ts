// The last lines of a run: what is wrong, what is large, what stays, and what it cost to know.

import {
  classCount,
  type FileRecord,
  formatBytes,
  formatShare,
  inProject,
  type RunFile,
  type TestRecord,
  wrap,
} from '@highwater/core';
import { cutApart, cutPaths, widestOf } from './cuts.js';
import { type Finding, isUnchecked, judgeRun, uncheckedTests } from './gate.js';
import { totalOf } from './metrics.js';
import { largestFirst, processLines } from './process-text.js';
import { type FullStyle, type ReportStyle, toFullStyle } from './style.js';
import { findingLines, heading, listed, rankedLines } from './terminal.js';
import { runTolerances } from './tolerance.js';
import { uncheckedLines } from './unchecked.js';
import { counted, printable } from './words.js';

/** Findings, files and problems that are told in full. */
const MOST = 10;
const MOST_CLASSES = 3;
/** Less than this stays behind after any file: modules, strings, caches of V8. */
const LEAST_LEFT_BYTES = 100_000;

/**
 * Ready to print, without colours unless the style has some. Empty when no test was measured and nothing
 * went wrong.
 */
export function formatSummary(run: RunFile, style?: ReportStyle): readonly string[] {
  const full = toFullStyle(style);
  const measured = run.tests.filter((test) => test.measured !== undefined);
  const parts = [
    faultLines(run.faults, full),
    ...findingParts(run, full),
    ...(['peak', 'allocated', 'retained'] as const).map((what) =>
      largest(measured, what, full),
    ),
    uncheckedLines(uncheckedTests(run), run.files.filter(isUnchecked), full),
    leftBehind(run.files, full),
    processes(run, full),
    problems(run.problems, full),
    ...(measured.length === 0 ? [] : [totals(run, measured, full)]),
  ].filter((lines) => lines.length > 0);
  return parts.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
}

function findingParts(run: RunFile, style: FullStyle): readonly (readonly string[])[] {
  const { findings } = judgeRun(run, { tolerances: runTolerances() });
  const of = (
    kind: 'limit' | 'baseline' | 'file-limit',
    title: string,
    noun = 'test',
  ): readonly string[] => {
    const worse: readonly Finding[] = findings.filter(
      (finding) => finding.kind === kind && finding.direction === 'worse',
    );
    return listed(
      worse,
      `${title}: ${counted(worse.length, noun)}`,
      (some) => findingLines(some, style),
      style,
      MOST,
    );
  };
  return [
    of('limit', 'Limits broken'),
    of('file-limit', 'Limits of what files leave behind broken', 'file'),
    of('baseline', 'Baselines regressed'),
  ];
}

const RANKINGS = {
  peak: 'Highest peak',
  allocated: 'Most allocated',
  retained: 'Most retained',
} as const;

function largest(
  tests: readonly TestRecord[],
  what: keyof typeof RANKINGS,
  style: FullStyle,
): readonly string[] {
  const rows = tests
    .map((test) => ({ test, bytes: totalOf(test, what) ?? 0 }))
    .filter(({ bytes }) => bytes > 0)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, style.top)
    .map(({ test, bytes }) => ({ test, number: formatBytes(bytes) }));
  return rows.length === 0
    ? []
    : [heading(RANKINGS[what], style), ...rankedLines(rows, style)];
}

function leftBehind(files: readonly FileRecord[], style: FullStyle): readonly string[] {
  const growing = files
    .map((record) => ({ leftBehindBytes: 0, ...record }))
    .filter(({ leftBehindBytes }) => leftBehindBytes >= LEAST_LEFT_BYTES)
    .sort((a, b) => b.leftBehindBytes - a.leftBehindBytes);
  return listed(
    growing,
    `Files that leave something behind: ${counted(growing.length, 'file')}`,
    (some) => fileLines(some, style),
    style,
    MOST,
  );
}

function fileLines(
  files: readonly FileRecord[],
  style: FullStyle,
): readonly (readonly string[])[] {
  const { width, textWidth, paint } = style;
  const bytes = files.map(({ leftBehindBytes = 0 }) => formatBytes(leftBehindBytes));
  const paths = cutPaths(
    files.map(({ project, file }) => printable(inProject(project, file))),
    width - 4 - widestOf(bytes),
  );
  return files.map(({ classes, heldBy }, index) => {
    const shown = classes.slice(0, MOST_CLASSES);
    const whats = cutApart(
      shown.map(
        ({ name, count, bytes }) =>
          `${formatBytes(bytes)}: ${classCount(count, printable(name))}`,
      ),
      width - 4,
    );
    return [
      `  ${bytes[index] ?? ''}  ${paths[index] ?? ''}`,
      ...whats.flatMap((what, row) => {
        const holder = heldBy[row];
        return [
          `    ${what}`,
          ...(holder === undefined
            ? []
            : wrap(`held by ${printable(holder)}`, textWidth, '      ', '  ').map(
                paint.dim,
              )),
        ];
      }),
    ];
  });
}

function processes({ processes }: RunFile, style: FullStyle): readonly string[] {
  if (style.top === 0) return [];
  return listed(
    largestFirst(processes),
    `Processes that tests started, by peak RSS: ${processes.length}`,
    (some) => processLines(some, style, '  ', true),
    style,
    style.top,
  );
}

/** Why no gate may pass. */
export function faultLines(
  texts: readonly string[] | undefined,
  style: FullStyle,
): readonly string[] {
  if (texts === undefined) return [];
  return [
    style.paint.red(heading('Records cannot be trusted', style)),
    ...texts.flatMap((text) => wrap(printable(text), style.textWidth, '  ', '  ')),
  ];
}

/** What could not be recorded or read. */
export function problems(texts: readonly string[], style: FullStyle): readonly string[] {
  return listed(
    texts,
    `Not recorded: ${counted(texts.length, 'problem')}`,
    (some) => some.map((text) => wrap(printable(text), style.textWidth, '  ', '  ')),
    style,
    MOST,
  );
}

function totals(
  run: RunFile,
  measured: readonly TestRecord[],
  style: FullStyle,
): readonly string[] {
  const ran = run.tests.filter(({ state }) => state !== 'skipped').length;
  const allocated = measured.reduce(
    (sum, test) => sum + (totalOf(test, 'allocated') ?? 0),
    0,
  );
  const missing = ran - measured.length;
  const share = run.durationMs > 0 ? run.cost.trackingMs / run.durationMs : 0;
  const text = [
    `${counted(measured.length, 'test')} measured${missing > 0 ? `, ${missing} not` : ''}`,
    `${formatBytes(allocated)} allocated`,
    `highwater took ${Math.round(run.cost.trackingMs).toLocaleString('en-US')} ms${
      share > 0 && share <= 1 ? ` (${formatShare(share)})` : ''
    }`,
  ].join(' · ');
  return wrap(text, style.textWidth, '').map((line) => style.paint.dim(line));
}
