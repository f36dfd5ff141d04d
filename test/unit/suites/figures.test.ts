import { describe, expect, it } from 'vitest';
import {
  alarmsOf,
  claimOf,
  countsOf,
  differentCounts,
  pairsToJudge,
  ratiosOf,
  recordsLost,
} from '../../suites/figures.mjs';

const file = (...statuses: readonly string[]) => ({
  status: statuses.includes('failed') ? 'failed' : 'passed',
  assertionResults: statuses.map((status) => ({ status })),
});
const run = (...states: readonly string[]) => ({
  tests: states.map((state) => ({ state })),
});
const counts = { passed: 2, failed: 1, skipped: 3, failedFiles: 0 };

describe('countsOf', () => {
  it('adds up files; pending and todo are skipped', () => {
    const testResults = [file('passed', 'failed', 'pending'), file('passed', 'todo')];
    expect(countsOf({ testResults })).toEqual({ ...counts, skipped: 2 });
  });

  it('counts a file that did not get as far as a test', () => {
    const testResults = [{ status: 'failed', assertionResults: [] }];
    expect(countsOf({ testResults })).toMatchObject({ failed: 0, failedFiles: 1 });
  });
});

describe('recordsLost', () => {
  it('leaves skipped tests out on both sides', () => {
    expect(recordsLost(counts, run('passed', 'passed', 'failed', 'skipped'))).toBe(0);
    expect(recordsLost(counts, run('passed'))).toBe(2);
  });

  it('is below zero where records are too many', () => {
    expect(recordsLost(counts, run('passed', 'passed', 'passed', 'failed'))).toBe(-1);
  });
});

describe('claimOf', () => {
  it('reads the sentence with its share, also where it is folded', () => {
    const output =
      '9 tests measured · 1 MB allocated · highwater\n took 1,234 ms (5.9 %)\n';
    expect(claimOf(output)).toBe('highwater took 1,234 ms (5.9 %)');
    expect(claimOf('highwater took 12 ms\nDone')).toBe('highwater took 12 ms');
    expect(claimOf('9 passed')).toBe('nothing');
  });
});

describe('ratiosOf', () => {
  const used = (ms: number, peakBytes = 1) => ({ cpuMs: ms, wallMs: 2 * ms, peakBytes });

  it('is the median of the pairs, not the ratio of the medians', () => {
    const { cpu, wall } = ratiosOf(
      [used(100), used(10), used(50)],
      [used(110), used(20), used(60)],
    );
    expect([cpu, wall]).toEqual([1.2, 1.2]);
  });

  it('has the median peak of each side', () => {
    const { peakBytes } = ratiosOf([used(1, 5), used(1, 7)], [used(1, 8), used(1, 8)]);
    expect(peakBytes).toEqual({ plain: 6, tracked: 8 });
  });
});

describe('pairsToJudge', () => {
  it('holds each run against the one before it', () => {
    expect(pairsToJudge(3, false)).toEqual([
      [0, 1],
      [1, 2],
    ]);
  });

  it('holds every run against every other, both ways', () => {
    expect(pairsToJudge(3, true)).toHaveLength(6);
    expect(pairsToJudge(1, true)).toEqual([]);
  });
});

describe('alarmsOf', () => {
  const finding = { test: 'a.test.js > a', isFailure: true, text: ['allocated more'] };

  it('counts gates that fail, and names what they say', () => {
    const verdicts = [
      { exitCode: 0, verdict: { findings: [{ ...finding, isFailure: false }] } },
      { exitCode: 1, verdict: { findings: [finding] } },
    ];
    expect(alarmsOf(verdicts)).toEqual({
      judged: 2,
      alarms: 1,
      findings: ['a.test.js > a: allocated more'],
    });
  });

  it('names the file of a finding that is of no single test', () => {
    const ofFile = { file: 'a.test.js', isFailure: true, text: ['leaves 1 MB behind'] };
    const { findings } = alarmsOf([{ exitCode: 1, verdict: { findings: [ofFile] } }]);
    expect(findings).toEqual(['a.test.js: leaves 1 MB behind']);
  });

  it('counts a gate that cannot read its input', () => {
    expect(alarmsOf([{ exitCode: 2, error: 'no such file' }])).toEqual({
      judged: 1,
      alarms: 1,
      findings: ['no such file'],
    });
  });
});

describe('differentCounts', () => {
  it('is nothing where the sides agree in every run', () => {
    expect(differentCounts([counts, counts], [counts])).toBeUndefined();
  });

  it('has what each side counted', () => {
    const other = { ...counts, failed: 0 };
    expect(differentCounts([counts], [counts, other])).toEqual({
      without: [JSON.stringify(counts)],
      withIt: [JSON.stringify(other), JSON.stringify(counts)],
    });
  });
});
