// The lines of the report: one for each run, and the summary.

const WIDTH = { name: 30, version: 22, verdict: 10, time: 10, calls: 14, multiple: 8 };

/** @param {object} result a run with its verdict */
export function resultLines(result) {
  const line = [
    result.right ? 'ok   ' : 'WRONG',
    result.case.padEnd(WIDTH.name),
    `${kindOf(result)} ${result.version}`.padEnd(WIDTH.version),
    result.verdict.padEnd(WIDTH.verdict),
    ms(result.verdictMs).padStart(WIDTH.time),
    `${result.calls ?? '-'} calls`.padStart(WIDTH.calls),
    (result.multiple ? `x${result.multiple.toFixed(1)}` : '').padStart(WIDTH.multiple),
    ` ${remark(result)}`,
  ].join(' ');
  const text = result.right ? '' : `\n${(result.text ?? '').replace(/^/gm, '        ')}`;
  return `${line.trimEnd()}${text}`;
}

function kindOf({ which, expected }) {
  return which === 'leaky' && expected === 'pass' ? 'harmless' : which;
}

function remark({ culpritNamed, culprit, unconfirmed, right }) {
  if (culpritNamed === true) return 'culprit named';
  if (culpritNamed === false) return `culprit not named: ${culprit}`;
  return unconfirmed && !right ? `unconfirmed: ${unconfirmed}` : '';
}

/** @param {import('./summary.mjs').Summary} summary */
export function summaryLines(summary) {
  const { leaky, leaksFound, culpritsNamed, culpritsAsked } = summary;
  const rows = [
    ['cases', `${summary.cases}, in ${summary.runs} runs; ${summary.wrong} wrong`],
    ['recall', `${percent(summary.recall)} (${leaksFound} of ${leaky})`],
    ['false positives', `${summary.falsePositives} of ${summary.notLeaky}`],
    [
      'undecided',
      `${summary.undecided}; ${summary.undecidedNotLeaky} of them do not leak`,
    ],
    ['errors', String(summary.errors)],
    [
      'culprit named',
      `${percent(summary.culpritNamed)} (${culpritsNamed} of ${culpritsAsked})`,
    ],
    ['time', `median ${ms(summary.medianMs)}, 95 % within ${ms(summary.p95Ms)}`],
    [
      '  without calls',
      `median ${ms(summary.ownMedianMs)}, 95 % within ${ms(summary.ownP95Ms)}`,
    ],
  ];
  for (const { name, verdicts } of summary.unstable) {
    rows.push(['unstable', `${name}: ${verdicts.join(', ')}`]);
  }
  return rows.map(([name, text]) => `${name.padEnd(17)}${text}`).join('\n');
}

function percent(rate) {
  return rate === null ? '-' : `${Math.round(rate * 100)} %`;
}

function ms(time) {
  return typeof time === 'number'
    ? `${Math.round(time).toLocaleString('en-US')} ms`
    : '-';
}
