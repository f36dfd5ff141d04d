import { describe, expect, it } from 'vitest';
import {
  type Attempt,
  handedOn,
  outcomeOf,
} from '../../../../packages/core/src/tracking/record.js';
import type { Callsite, Frame } from '../../../../packages/core/src/types.js';
import { numbers } from '../run/records.js';

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

/** A try, after those before it. */
function attemptAfter(last?: Attempt, changes: Partial<Attempt> = {}): Attempt {
  return {
    test: { titles: ['a'], ordinal: 0, identity: {}, isFailing: false },
    tries: 1 + (last?.tries ?? 0),
    limits: [],
    isWhole: true,
    hooksBytes: 0,
    callsites: () => [],
    baselines: [],
    ...handedOn(last),
    ...changes,
  };
}

const outcome = (attempt: Attempt) => outcomeOf(attempt, 'passed', {}, true, '/app');

function recorded(...callsites: Callsite[]) {
  return outcome(attemptAfter(undefined, { callsites: () => callsites })).callsites;
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

describe('a test that ran more than once', () => {
  const took = (allocatedBytes: number) => ({ numbers: numbers({ allocatedBytes }) });

  it('has the numbers of its earlier tries, in order', () => {
    const first = attemptAfter(undefined, took(10));
    const second = attemptAfter(first, took(20));
    const record = outcome(attemptAfter(second, took(30)));
    expect(record.measured?.allocatedBytes).toBe(30);
    expect(record.earlierTries?.map(({ allocatedBytes }) => allocatedBytes)).toEqual([
      10, 20,
    ]);
    expect(outcome(first)).not.toHaveProperty('earlierTries');
  });

  it('has none of tries that stopped half-way or were not measured', () => {
    const stopped = attemptAfter(undefined, { ...took(10), isWhole: false });
    const unknown = attemptAfter(stopped);
    expect(outcome(attemptAfter(unknown, took(30)))).not.toHaveProperty('earlierTries');
  });

  it('keeps the latest of many', () => {
    let attempt = attemptAfter(undefined, took(1));
    for (let bytes = 2; bytes <= 50; bytes++)
      attempt = attemptAfter(attempt, took(bytes));
    const { earlierTries = [] } = outcome(attempt);
    expect([earlierTries.length, earlierTries.at(-1)?.allocatedBytes]).toEqual([19, 49]);
  });

  it('draws random numbers when any try did', () => {
    const drawing = attemptAfter(undefined, { ...took(1), drawsRandom: true });
    expect(outcome(attemptAfter(drawing, took(2))).drawsRandom).toBe(true);
    expect(outcome(attemptAfter(undefined, took(2)))).not.toHaveProperty('drawsRandom');
  });
});
