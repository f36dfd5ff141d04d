import { describe, expect, it } from 'vitest';
import { outcomeOf } from '../../../../packages/core/src/tracking/record.js';
import type { Callsite, Frame } from '../../../../packages/core/src/types.js';

const frame = (
  functionName: string,
  line: number,
  origin: Frame['origin'] = 'user',
): Frame => ({ functionName, file: `/app/src/${origin}.ts`, line, column: 1, origin });

const site = (...frames: Frame[]): Callsite => ({
  frames,
  allocatedBytes: 100,
  allocatedCount: 2,
});

function recorded(...callsites: Callsite[]) {
  const attempt = {
    test: { titles: ['a'], ordinal: 0, identity: {}, isFailing: false },
    tries: 1,
    limits: [],
    brokenBefore: [],
    hooksBytes: 0,
    callsites: () => callsites,
    baselines: [],
  };
  return outcomeOf(attempt, 'passed', {}, true, '/app').callsites;
}

describe('the callsites of a test', () => {
  it('are recorded with the function that called', () => {
    const recursive = frame('walk', 4);
    expect(
      recorded(
        site(
          frame('slice', 0, 'builtin'),
          recursive,
          frame('each', 8, 'dependency'),
          recursive,
          frame('visit', 9),
        ),
      ),
    ).toEqual([
      {
        ledger: 'heap',
        functionName: 'walk',
        file: 'src/user.ts',
        line: 4,
        bytes: 100,
        count: 2,
        caller: { functionName: 'visit', file: 'src/user.ts', line: 9 },
      },
    ]);
  });

  it('have no caller where the user wrote none', () => {
    const [first] = recorded(site(frame('walk', 4), frame('emit', 1, 'node'))) ?? [];
    expect(first).not.toHaveProperty('caller');
  });
});
