import { describe, expect, it } from 'vitest';
import { isRight, type Result, summarize } from './summary.mjs';

const leaky: Result = {
  case: 'pool',
  which: 'leaky',
  expected: 'leak',
  verdict: 'leak',
  verdictMs: 100,
  calls: 10,
  plainCallMs: 2,
  warmCallMs: 3,
  culprit: 'Pool',
  culpritNamed: true,
};
const fixed: Result = {
  ...leaky,
  which: 'fixed',
  expected: 'pass',
  verdict: 'pass',
  culprit: null,
  culpritNamed: null,
};

describe('isRight', () => {
  it('wants a leak of a leaky version and a pass of any other', () => {
    expect(isRight(leaky)).toBe(true);
    expect(isRight({ ...leaky, verdict: 'undecided' })).toBe(false);
    expect(isRight(fixed)).toBe(true);
    expect(isRight({ ...fixed, verdict: 'undecided' })).toBe(false);
  });
});

describe('summarize', () => {
  it('counts what was found, and what was blamed for nothing', () => {
    const results: readonly Result[] = [
      leaky,
      { ...leaky, case: 'tank', culpritNamed: false },
      { ...leaky, case: 'pipe', verdict: 'pass', culpritNamed: null },
      { ...leaky, case: 'sink', verdict: 'undecided', culpritNamed: null },
      fixed,
      { ...fixed, case: 'tank', verdict: 'leak' },
      { ...fixed, case: 'pipe', verdict: 'undecided' },
    ];
    expect(summarize(results)).toMatchObject({
      cases: 4,
      runs: 7,
      wrong: 4,
      recall: 0.5,
      leaksFound: 2,
      leaky: 4,
      falsePositives: 1,
      notLeaky: 3,
      undecided: 2,
      undecidedNotLeaky: 1,
      culpritNamed: 0.5,
      culpritsNamed: 1,
    });
  });

  it('takes times of verdicts only', () => {
    const times = Array.from({ length: 20 }, (_, index) => ({
      ...fixed,
      verdictMs: index + 1,
    }));
    const failed: Result = { ...fixed, verdict: 'error', verdictMs: 9999 };
    expect(summarize([...times, failed])).toMatchObject({
      medianMs: 10,
      p95Ms: 19,
      errors: 1,
    });
  });

  it('takes what the calls take by themselves from the own time', () => {
    const timed = (verdictMs: number, warmCallMs: number): Result => ({
      ...fixed,
      verdictMs,
      warmCallMs,
    });
    // 10 calls of 2 ms, of 1 ms, and more than the verdict took.
    const results = [timed(100, 3), timed(100, 1), timed(10, 3)];
    expect(summarize(results)).toMatchObject({ ownMedianMs: 80, ownP95Ms: 90 });
  });

  it('tells which repeated runs ended differently', () => {
    const again: Result = { ...fixed, verdict: 'undecided' };
    expect(summarize([leaky, leaky, fixed, again]).unstable).toEqual([
      { name: 'pool fixed', verdicts: ['pass', 'undecided'] },
    ]);
  });

  it('has no rates of nothing', () => {
    expect(summarize([])).toMatchObject({
      recall: null,
      culpritNamed: null,
      medianMs: null,
    });
  });
});
