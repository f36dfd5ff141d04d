// The figures of suites as a table, and below it what a table has no room for.

import { figure, table } from '../bench/tools/table.mjs';

const HEAD = [
  'suite',
  'passed/failed/skipped without',
  'with',
  'CPU',
  'wall',
  'MB without',
  'with',
  'lost',
  'A/A alarms',
  'summary',
];

const counted = ({ passed, failed, skipped }) => `${passed}/${failed}/${skipped}`;
const megabytes = (bytes) => (bytes / 1e6).toFixed(0);
const ratio = (value) => (Number.isFinite(value) ? value.toFixed(2) : figure(0));

/** @param {readonly object[]} suites of `measureSuite` */
export function formatSuites(suites) {
  const rows = suites.map((suite) => [
    suite.name,
    counted(suite.counts.plain),
    counted(suite.counts.tracked),
    ratio(suite.cpu),
    ratio(suite.wall),
    megabytes(suite.peakBytes.plain),
    megabytes(suite.peakBytes.tracked),
    String(suite.lost),
    `${suite.gate.alarms} of ${suite.gate.judged}`,
    suite.claim.replace('highwater took ', ''),
  ]);
  return [table(HEAD, rows), ...suites.flatMap(notesOf)].join('\n');
}

function notesOf({ name, differentCounts, gate, runs }) {
  const problems = [...new Set(runs.tracked.flatMap(({ problems }) => problems))];
  const findings = new Map();
  for (const finding of gate.findings) {
    findings.set(finding, (findings.get(finding) ?? 0) + 1);
  }
  return [
    ...(differentCounts === undefined
      ? []
      : [
          `  counts differ: without ${differentCounts.without.join(' ')}, with ${differentCounts.withIt.join(' ')}`,
        ]),
    ...problems.map((problem) => `  problem: ${problem}`),
    ...[...findings].map(([finding, times]) => `  alarm, ${times} times: ${finding}`),
  ].map((line, index) => (index === 0 ? `\n${name}\n${line}` : line));
}
