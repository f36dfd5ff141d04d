// Which test of a run is which of an earlier one, when its title has data in it.

import { describe, expect, it } from 'vitest';
import type { TestRecord } from '../../../packages/core/src/index.js';
import {
  referencesFromHistory,
  withNoiseOf,
} from '../../../packages/report/src/index.js';
import { pairTests } from '../../../packages/report/src/pair-tests.js';
import { allocating, runOfTests, testOf } from './runs.js';

/** `before -> now` of each pair; what has none is `-> now` or `before ->`. */
function paired(
  before: readonly TestRecord[],
  now: readonly TestRecord[],
): readonly string[] {
  const last = ({ titles }: TestRecord): string => titles.at(-1) ?? '';
  const { pairs, added, removed } = pairTests(
    before.map((test) => ({ test })),
    now,
  );
  return [
    ...pairs.map(({ before, test }) => `${last(before.test)} -> ${last(test)}`),
    ...removed.map(({ test }) => `${last(test)} ->`),
    ...added.map((test) => `-> ${last(test)}`),
  ].sort();
}

const named = (...titles: readonly string[]): readonly TestRecord[] =>
  titles.map((title) => testOf(title));

describe('a test whose title has data in it', () => {
  it.each([
    ['works at 2026-11-27T19:00:00Z', 'works at 2026-11-28T07:30:12.123Z'],
    ['user 7f3a90c1', 'user 00bd4e77'],
    [
      'keeps 2f1e8c1c-9d0b-4f0e-8d57-0d1f6f1f2a3b',
      'keeps 98c1f0aa-1111-4222-8333-abcdefabcdef',
    ],
    ['listens on port 43127', 'listens on port 50022'],
    ['took 12 ms', 'took 9 ms'],
  ])('%s is %s', (before, now) => {
    expect(paired(named(before), named(now))).toEqual([`${before} -> ${now}`]);
  });

  it('is not paired where two tests of a run have what is left', () => {
    expect(paired(named('port 1', 'port 2'), named('port 3'))).toEqual([
      '-> port 3',
      'port 1 ->',
      'port 2 ->',
    ]);
    expect(paired(named('port 1'), named('port 2', 'port 3'))).toEqual([
      '-> port 2',
      '-> port 3',
      'port 1 ->',
    ]);
  });

  it('is not another case of a table of which cases are the same', () => {
    expect(paired(named('adds 1', 'adds 2'), named('adds 1', 'adds 3'))).toEqual([
      '-> adds 3',
      'adds 1 -> adds 1',
      'adds 2 ->',
    ]);
    expect(
      paired(named('adds 1', 'adds 2', 'adds 3'), named('adds 3', 'adds 2', 'adds 1')),
    ).toEqual(['adds 1 -> adds 1', 'adds 2 -> adds 2', 'adds 3 -> adds 3']);
  });

  it('is found in its own file and project only', () => {
    const there = { file: 'test/there.test.ts' };
    expect(paired([testOf('at 10:30', there)], named('at 11:45'))).toEqual([
      '-> at 11:45',
      'at 10:30 ->',
    ]);
    expect(
      paired([testOf('at 10:30', { project: 'node' })], [testOf('at 11:45')]),
    ).toEqual(['-> at 11:45', 'at 10:30 ->']);
  });

  it('has data in any of its titles', () => {
    const at = (time: string): TestRecord =>
      testOf('starts', { titles: [time, 'starts'] });
    expect(paired([at('10:30')], [at('11:45')])).toEqual(['starts -> starts']);
  });
});

describe('the history of such a test', () => {
  const day = (n: number, bytes: number) =>
    runOfTests([allocating(`at 2026-01-0${n}`, bytes), allocating('other', 5)], {
      startedAt: `2026-01-0${n}T12:00:00.000Z`,
    });
  const history = referencesFromHistory([day(1, 10e6), day(2, 20e6), day(3, 30e6)]);

  it('has its numbers of every run, by its newest name', () => {
    expect([...history.keys()]).toEqual([
      'test/parser.test.ts > parser > at 2026-01-03',
      'test/parser.test.ts > parser > other',
    ]);
    const [known] = history.values();
    expect(known?.numbers.allocatedBytes).toMatchObject({
      value: 20e6,
      isNoiseKnown: true,
    });
  });

  it('lends its noise to the test as it is called now', () => {
    const [today] = withNoiseOf(
      new Map(
        [allocating('at 2026-01-09', 50e6)].map((test) => [
          'today',
          {
            test,
            numbers: { allocatedBytes: { value: 50e6, noise: 0, isNoiseKnown: false } },
          },
        ]),
      ),
      history,
    ).values();
    expect(today?.numbers.allocatedBytes).toMatchObject({
      value: 50e6,
      isNoiseKnown: true,
    });
    expect(today?.numbers.allocatedBytes?.noise).toBeGreaterThan(40e6);
  });
});
