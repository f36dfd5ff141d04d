// All fixtures in every pool of Vitest and every kind of worker of Jest: the same
// verdicts, the same texts, the same numbers.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type JestRun, root, type VitestRun, verdictsOf } from '../tools/project.mjs';
import {
  lineOf,
  type Numbers,
  type Outcome,
  placeOf,
  projectFor,
  type Runner,
  run,
  testNamed,
  textOf,
} from './runs.js';

const ENVIRONMENTS: readonly {
  readonly runner: Runner;
  readonly name: string;
  readonly options: VitestRun & JestRun;
}[] = [
  { runner: 'vitest', name: 'forks', options: { pool: 'forks' } },
  { runner: 'vitest', name: 'threads', options: { pool: 'threads' } },
  { runner: 'vitest', name: 'vmThreads', options: { pool: 'vmThreads' } },
  { runner: 'jest', name: 'child processes', options: { mode: 'children' } },
  { runner: 'jest', name: 'workerThreads', options: { mode: 'workerThreads' } },
  { runner: 'jest', name: 'in band', options: { mode: 'inBand' } },
];

// Jest keeps an AsyncLocalStorage. Before Node 24 that makes every promise allocate more.
const COSTS_MORE_IN_JEST = ['toAllocateLessThan fails for an async function'];

const TEXTS = join(root, 'test/e2e/failure-texts.txt');

const numbersByEnvironment = new Map<string, Numbers>();

describe.each(ENVIRONMENTS)('$runner, $name', ({ runner, name, options }) => {
  let outcome: Outcome;

  beforeAll(() => {
    outcome = run(projectFor(runner, 'all'), options);
    numbersByEnvironment.set(`${runner}, ${name}`, outcome.numbers);
  });

  it('gets the expected verdicts', () => {
    expect(outcome.fileErrors).toEqual([]);
    expect(verdictsOf(outcome)).toEqual(expectedVerdicts(runner));
    expect(outcome.exitCode).toBe(1);
  });

  it('says what is expected', async () => {
    const texts = outcome.tests
      .filter(({ status }) => status === 'failed')
      .filter((test) => isCommon(test.name))
      .map((test) => [
        test.name,
        COSTS_MORE_IN_JEST.includes(test.name)
          ? textOf(testNamed(outcome, test.name)).split(', but')[0]
          : textOf(test),
      ])
      .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
      .map(([test, text]) => `=== ${test}\n\n${text}\n`);
    await expect(texts.join('\n')).toMatchFileSnapshot(TEXTS);
  });

  it('names the line of the source that allocates', () => {
    const place = (text: string): string =>
      `src/points.ts:${lineOf('common/src/points.ts', text)}`;
    const points = place('function makePoints(');
    for (const [test, expected] of [
      ['toAllocateLessThan fails at exactly the cost', `makePoints  ${points}`],
      ['toAllocateFewerThan fails at exactly the cost', `makePoints  ${points}`],
      [
        'toPeakBelow fails below the peak',
        `holdPoints      ${place('function holdPoints(')}`,
      ],
      [
        'toRetainLessThan fails for one that keeps an object',
        `keepPoint  ${place('function keepPoint(')}`,
      ],
      ['fails for one object per call', `keepPoint  ${place('function keepPoint(')}`],
    ] as const) {
      expect(testNamed(outcome, test).message).toContain(expected);
    }
  });

  it('points at the line of the test', () => {
    const exact = lineOf('common/budgets.test.ts', 'toAllocateLessThan(56_000);');
    const test = testNamed(outcome, 'toAllocateLessThan fails at exactly the cost');
    expect(placeOf(test)).toBe(`budgets.test.ts:${exact}`);
    const leak = lineOf('common/leaks.test.ts', 'expect(() => keepPoint())');
    expect(placeOf(testNamed(outcome, 'fails in the name of the caller too'))).toBe(
      `leaks.test.ts:${leak}`,
    );
  });

  it('counts 1,000 points the same whatever ran before', () => {
    const points = { allocatedBytes: 56_000, allocatedCount: 1_000, retainedBytes: 0 };
    expect(outcome.numbers).toMatchObject({
      first: points,
      'after others': points,
      hot: points,
    });
  });
});

describe('all of them', () => {
  it('measure the same numbers', () => {
    expect(numbersByEnvironment.size).toBe(ENVIRONMENTS.length);
    const [[, first] = []] = numbersByEnvironment;
    for (const [environment, numbers] of numbersByEnvironment) {
      expect({ environment, ...syncOnly(numbers) }).toEqual({
        environment,
        ...syncOnly(first ?? {}),
      });
    }
  });
});

/** Without what {@link COSTS_MORE_IN_JEST}. */
function syncOnly({ async: _, ...numbers }: Numbers): Numbers {
  return numbers;
}

function expectedVerdicts(runner: Runner): Readonly<Record<string, string>> {
  const file = join(root, 'test/e2e/fixtures', runner, 'expected.json');
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** Whether both runners have that test. */
function isCommon(name: string): boolean {
  return name in expectedVerdicts('vitest') && name in expectedVerdicts('jest');
}
