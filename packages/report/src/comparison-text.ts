// Two runs side by side, for terminals.

import type { RunComparison, TestChange } from './compare-runs.js';
import { type FullStyle, type ReportStyle, toFullStyle } from './style.js';
import { heading, siteLines } from './terminal.js';
import { testLines } from './test-lines.js';
import { changedSite, changeWords, counted, printable, unsteadyWords } from './words.js';

/** Every change beyond its tolerance, with its callsites; the rest in numbers. */
export function formatComparison(
  comparison: RunComparison,
  style?: ReportStyle,
): readonly string[] {
  const full = toFullStyle(style);
  const { changes, added, removed, unjudged } = comparison;
  const of = (verdict: TestChange['verdict']): readonly TestChange[] =>
    changes.filter((change) => change.verdict === verdict);
  const parts = [
    group('Regressed', of('regressed'), full),
    group('Improved', of('improved'), full),
    tests('New', added, full),
    tests('Gone', removed, full),
  ].filter((lines) => lines.length > 0);
  const last = [
    `${counted(changes.length, 'test')} compared`,
    `${of('regressed').length} regressed`,
    `${of('improved').length} improved`,
    `${of('equal').length} within their tolerance`,
    ...(unjudged.length === 0
      ? []
      : [`${unjudged.length} without numbers on both sides`]),
  ];
  return [
    ...parts.flatMap((lines) => [...lines, '']),
    `${last.slice(0, 3).join(', ')},`,
    `${last.slice(3).join(', ')}.`,
  ];
}

function group(
  title: string,
  changes: readonly TestChange[],
  style: FullStyle,
): readonly string[] {
  if (changes.length === 0) return [];
  const heads = testLines(
    changes.map(({ test }) => test),
    style,
    '  ',
  );
  return [
    heading(`${title}: ${counted(changes.length, 'test')}`, style),
    ...changes.flatMap((change, index) => [
      ...(heads[index] ?? []),
      ...changeLines(change, style),
    ]),
  ];
}

/** All numbers of a test that changed at all, those beyond the tolerance in colour. */
function changeLines(change: TestChange, style: FullStyle): readonly string[] {
  const { paint } = style;
  const colours = { regressed: paint.red, improved: paint.green, equal: paint.dim };
  return [
    ...(change.movedFrom === undefined
      ? []
      : [paint.dim(`    was in ${printable(change.movedFrom)}`)]),
    ...(change.wasInProject === undefined
      ? []
      : [paint.dim(`    was in ${projectWords(change.wasInProject)}`)]),
    ...(change.wasCalled === undefined
      ? []
      : [paint.dim(`    was called ${printable(change.wasCalled.join(' > '))}`)]),
    ...unsteadyWords(change).map((words) => paint.dim(`    ${words}`)),
    ...change.metrics
      .filter(({ difference }) => difference !== 0)
      .map((metric) => `    ${colours[metric.verdict](changeWords(metric))}`),
    ...siteLines(change.callsites.map(changedSite), style, '      '),
  ];
}

function projectWords(name: string): string {
  return name === '' ? 'no project' : `project ${printable(name)}`;
}

function tests(
  title: string,
  list: RunComparison['added'],
  style: FullStyle,
): readonly string[] {
  if (list.length === 0) return [];
  return [
    heading(`${title}: ${counted(list.length, 'test')}`, style),
    ...testLines(list, style, '  ').flat(),
  ];
}
