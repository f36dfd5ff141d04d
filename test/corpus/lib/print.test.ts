import { describe, expect, it } from 'vitest';
import { type PrintedResult, resultLines, summaryLines } from './print.mjs';
import { summarize } from './summary.mjs';

const result: PrintedResult = {
  case: 'pool',
  which: 'leaky',
  version: '1.0.0',
  expected: 'leak',
  unconfirmed: null,
  verdict: 'leak',
  right: true,
  verdictMs: 1234.5,
  calls: 1400,
  multiple: 3.14,
  culprit: 'Pool idle',
  culpritNamed: false,
  text: 'Expected the function not to leak',
};
const words = (text: string) => text.replace(/ +/g, ' ');

describe('resultLines', () => {
  it('is one line for a right verdict', () => {
    expect(words(resultLines(result))).toBe(
      'ok pool leaky 1.0.0 leak 1,235 ms 1400 calls x3.1 culprit not named: Pool idle',
    );
  });

  it('has the text of a wrong one', () => {
    const wrong = {
      ...result,
      which: 'fixed',
      right: false,
      culpritNamed: null,
    } as const;
    expect(resultLines(wrong)).toMatch(
      /^WRONG .*\n {8}Expected the function not to leak$/,
    );
  });

  it('says why a case may be wrong itself', () => {
    const doubtful = {
      ...result,
      right: false,
      culpritNamed: null,
      unconfirmed: 'it grew',
    };
    expect(resultLines(doubtful)).toContain('unconfirmed: it grew');
  });

  it('prints a run that left nothing', () => {
    const { verdictMs: _, calls: __, multiple: ___, ...nothing } = result;
    const failed = {
      ...nothing,
      verdict: 'error',
      right: false,
      text: 'killed',
    } as const;
    expect(words(resultLines(failed))).toMatch(/^WRONG pool leaky 1.0.0 error - - calls/);
  });
});

describe('summaryLines', () => {
  it('has a line for every unstable run', () => {
    const again = { ...result, verdict: 'undecided', culpritNamed: null } as const;
    const lines = summaryLines(
      summarize([
        result,
        again,
        ...[result, again].map((one) => ({ ...one, case: 'tank' })),
      ]),
    );
    expect(lines).toContain('pool leaky: leak, undecided');
    expect(lines).toContain('tank leaky: leak, undecided');
  });

  it('can speak of nothing', () => {
    expect(summaryLines(summarize([]))).toContain('recall           - (0 of 0)');
  });
});
