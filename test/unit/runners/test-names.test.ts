// Which test it is, asked with every test: a file is looked through once, however many tests it has.

import { afterEach, describe, expect, it } from 'vitest';
import {
  type CircusTest,
  finishedTests as finishedInJest,
  hasConcurrentTests,
  runningTest,
} from '../../../packages/jest/src/circus.js';
import { finishedTests, nameOfTask } from '../../../packages/vitest/src/tests.js';

const TESTS = 300;
/** Each title three times. */
const title = (index: number): string => `test ${index % (TESTS / 3)}`;
const expected = Array.from({ length: TESTS }, (_, index) => ({
  titles: ['group', title(index)],
  ordinal: Math.floor(index / (TESTS / 3)),
}));

/** An object that counts how often its list is read. */
function counted<K extends string, T>(
  key: K,
  list: readonly T[],
): {
  readonly reads: () => number;
  readonly object: { readonly [key in K]: readonly T[] };
} {
  let count = 0;
  const object = Object.defineProperty({}, key, {
    get: () => {
      count++;
      return list;
    },
  });
  return { reads: () => count, object: object as { readonly [key in K]: readonly T[] } };
}

describe('in Vitest', () => {
  const file = { name: 'x.test.ts', filepath: '/x.test.ts', type: 'suite' };
  const group = { name: 'group', type: 'suite', suite: file };
  const tests = expected.map((_, index) => ({
    name: title(index),
    type: 'test',
    suite: group,
    file,
    mode: 'run',
    result: { state: 'pass' },
  }));
  Object.assign(group, { tasks: tests });
  const { reads, object } = counted('tasks', [group]);
  Object.defineProperty(file, 'tasks', { get: () => object.tasks });

  it('every test has its name', () => {
    expect(tests.map((test) => nameOfTask(test as never))).toEqual(expected);
    expect(finishedTests(file as never)).toEqual(
      expected.map((name) => ({ ...name, state: 'passed' })),
    );
    expect(reads()).toBe(1);
  });
});

describe('in Jest', () => {
  const symbol = Symbol('JEST_STATE_SYMBOL');
  const world = globalThis as Record<symbol, unknown>;
  afterEach(() => {
    delete world[symbol];
  });

  it('every test has its name', () => {
    const tests = expected.map((_, index) => ({
      type: 'test',
      name: title(index),
      status: 'done',
      errors: [],
      concurrent: index === TESTS - 1,
    }));
    const { reads, object } = counted('children', tests);
    const group = Object.assign(object, { type: 'describeBlock', name: 'group' });
    const state = {
      rootDescribeBlock: { type: 'describeBlock', name: 'ROOT', children: [group] },
      currentlyRunningTest: null as unknown,
    };
    world[symbol] = state;
    const names = tests.map((test) => {
      state.currentlyRunningTest = test;
      expect(hasConcurrentTests()).toBe(true);
      return runningTest();
    });
    expect(names).toEqual(
      expected.map((name, index) => ({
        ...name,
        identity: tests[index] as unknown as CircusTest,
        isConcurrent: index === TESTS - 1,
      })),
    );
    expect(finishedInJest()).toHaveLength(TESTS);
    expect(reads()).toBe(1);
  });
});
