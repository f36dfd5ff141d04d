// The verdict of a gate, for terminals and plain logs.

import { formatCount, wrap } from '@highwater/core';
import type { Finding, GateResult } from './gate.js';
import { groupBy } from './group-by.js';
import { type FullStyle, type ReportStyle, toFullStyle } from './style.js';
import { faultLines, problems } from './summary.js';
import { findingLines, listed } from './terminal.js';
import { testLines } from './test-lines.js';
import { uncheckedLines } from './unchecked.js';
import {
  counted,
  countedSubjects,
  isUnclear,
  kindWords,
  notJudgedWords,
  RANDOM_ADVICE,
  uncomparedFiles,
} from './words.js';

/** Findings of one kind that are told in full. */
const MOST = 20;

/** Ready to print. The last line is the verdict. */
export function formatGate(result: GateResult, style?: ReportStyle): readonly string[] {
  const full = toFullStyle(style);
  const { findings, comparison, files, unchecked, uncheckedFiles, run } = result;
  const groups = groupBy(findings, kindWords);
  const parts = [
    faultLines(run.faults, full),
    ...[...groups].map(([words, group]) => findingGroup(words, group, full)),
    newTests(result, full),
    comparison === undefined || comparison.removed.length === 0
      ? []
      : [`${counted(comparison.removed.length, 'test')} gone since then`],
    comparison === undefined || comparison.unjudged.length === 0
      ? []
      : [`${counted(comparison.unjudged.length, 'test')} without numbers to compare`],
    ...uncomparedFiles(files).map((text) => wrap(text, full.textWidth, '', '  ')),
    uncheckedLines(unchecked, uncheckedFiles, full),
    problems(run.problems, full),
  ].filter((lines) => lines.length > 0);
  return [...parts.flatMap((lines) => [...lines, '']), verdictLine(result, full)];
}

function findingGroup(
  words: string,
  group: readonly Finding[],
  style: FullStyle,
): readonly string[] {
  const unclear = group.every(isUnclear);
  const lines = listed(
    group,
    unclear
      ? notJudgedWords(group.length)
      : `${capital(words)}: ${countedFindings(group)}`,
    (findings) => findingLines(findings, style),
    style,
    MOST,
  );
  return unclear ? [...lines, ...wrap(RANDOM_ADVICE, style.textWidth, '  ')] : lines;
}

function newTests({ comparison }: GateResult, style: FullStyle): readonly string[] {
  const added = comparison?.added ?? [];
  return listed(
    added,
    `New, nothing to compare with: ${counted(added.length, 'test')}`,
    (tests) => testLines(tests, style, '  '),
    style,
    MOST,
  );
}

/** `Memory gate passed: 3 limits held, 12 tests compared, 1 improved.` */
export function verdictText(result: GateResult): string {
  const { findings, isPassed, judged, files, unchecked, uncheckedFiles, run } = result;
  const subjects = countedSubjects(unchecked.length, uncheckedFiles.length);
  const notChecked = subjects === '' ? [] : [`limits of ${subjects} not checked`];
  const failures = findings.filter(({ isFailure }) => isFailure);
  if (!isPassed) {
    const kinds = [
      ...(run.faults === undefined ? [] : ['records cannot be trusted']),
      ...countKinds(failures),
    ];
    const { length } = run.problems;
    const missing = [
      ...(length === 0 ? [] : [counted(length, 'problem')]),
      ...notChecked,
      ...(uncomparedFiles(files).length === 0 ? [] : ['files not compared']),
    ];
    const reasons = kinds.length > 0 ? kinds : missing;
    return `Memory gate failed: ${reasons.join(', ')}.`;
  }
  const parts = [
    ...(judged.limits === 0 ? [] : [`${counted(judged.limits, 'limit')} held`]),
    ...(judged.baselines === 0
      ? []
      : [`${counted(judged.baselines, 'baseline')} checked`]),
    ...(judged.compared === 0 ? [] : [`${counted(judged.compared, 'test')} compared`]),
    ...(judged.files === 0 ? [] : [`${counted(judged.files, 'file')} compared`]),
    ...countKinds(findings),
    ...notChecked,
  ];
  return `Memory gate passed: ${parts.join(', ')}.`;
}

function verdictLine(result: GateResult, { paint }: FullStyle): string {
  return (result.isPassed ? paint.green : paint.red)(verdictText(result));
}

/** `2 limits broken, 1 regressed` */
function countKinds(findings: readonly Finding[]): readonly string[] {
  const counts = new Map<string, number>();
  for (const finding of findings) {
    const words = kindWords(finding);
    counts.set(words, (counts.get(words) ?? 0) + 1);
  }
  return [...counts].map(([words, count]) => {
    // What is left behind is of files, everything else of tests.
    if (words.startsWith('left behind')) return `${counted(count, 'file')} ${words}`;
    if (words === 'not judged') return `${formatCount(count)} ${words}`;
    const [noun, verb] = words.split(' ');
    return verb === undefined
      ? `${count} ${noun}`
      : `${counted(count, noun ?? '')} ${verb}`;
  });
}

function countedFindings(group: readonly Finding[]): string {
  const tests = group.filter((finding) => 'test' in finding);
  return countedSubjects(tests.length, group.length - tests.length);
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
