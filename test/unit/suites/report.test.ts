import { expect, it } from 'vitest';
import { formatSuites } from '../../suites/report.mjs';

const counts = { passed: 9, failed: 1, skipped: 2, failedFiles: 0 };
const suite = {
  name: 'small 1.0.0',
  counts: { plain: counts, tracked: counts },
  differentCounts: undefined,
  cpu: 1.2345,
  wall: 1.1,
  peakBytes: { plain: 100e6, tracked: 118e6 },
  lost: 4,
  claim: 'highwater took 120 ms (3.1 %)',
  gate: { judged: 9, alarms: 2, findings: ['a > b: more', 'a > b: more'] },
  runs: { plain: [], tracked: [{ problems: [] }, { problems: ['A record was lost'] }] },
};

it('has a line for each suite, and below it what went wrong', () => {
  const [head, , row, ...notes] = formatSuites([suite]).split('\n');
  expect(head).toContain('A/A alarms');
  expect(row?.split(/ {2,}/)).toEqual([
    'small 1.0.0',
    '9/1/2',
    '9/1/2',
    '1.23',
    '1.10',
    '100',
    '118',
    '4',
    '2 of 9',
    '120 ms (3.1 %)',
  ]);
  expect(notes).toEqual([
    '',
    'small 1.0.0',
    '  problem: A record was lost',
    '  alarm, 2 times: a > b: more',
  ]);
});

it('has nothing below the table where nothing is wrong', () => {
  const good = { ...suite, gate: { judged: 9, alarms: 0, findings: [] } };
  const runs = { plain: [], tracked: [{ problems: [] }] };
  expect(formatSuites([{ ...good, runs }]).split('\n')).toHaveLength(3);
});

it('says where counts differ', () => {
  const differing = { ...suite, differentCounts: { without: ['a'], withIt: ['b'] } };
  expect(formatSuites([differing])).toContain('  counts differ: without a, with b');
});
