// How bodies of tests are called: what counts, what their stacks show, and what the caller gets.

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, FRESH_PROCESSES, victimNode } from './victim-process.js';

const program = fileURLToPath(new URL('bodies/called.mjs', import.meta.url));

type Answers = Readonly<Record<string, unknown>>;

function ask(): Answers {
  const text = execFileSync(victimNode, [program], { encoding: 'utf8', env: cleanEnv() });
  return JSON.parse(text) as Answers;
}

/** The 1-based line of the program that contains a text. */
function lineOf(text: string): number {
  return (
    readFileSync(program, 'utf8')
      .split('\n')
      .findIndex((line) => line.includes(text)) + 1
  );
}

/**
 * Ten arrays, what the list of them takes as it grows, and the ends of pages; the fifty of who watches are five times as
 * much.
 */
function expectTen(arrays: unknown): void {
  expect(arrays).toBeGreaterThanOrEqual(10);
  expect(arrays).toBeLessThan(15);
}

describe('a body that the addon calls', () => {
  let answers: Answers;
  beforeAll(() => {
    answers = ask();
  });

  it('counts nothing where nothing is done, every time', () => {
    for (let time = 0; time < FRESH_PROCESSES; time++) {
      expect(ask().emptyBytes).toBe(0);
    }
  });

  it('counts what the body allocates, and nothing of who watches', () => {
    for (const name of [
      'ten',
      'tenAfterFifty',
      'tenBeforeFifty',
      'tenBesideUnmeasured',
    ]) {
      expectTen(answers[name]);
    }
    expectTen(answers.nested);
  });

  it('counts until it throws, and throws the same', () => {
    const { arrays, result } = answers.tenThenThrown as {
      arrays: number;
      result: unknown;
    };
    expectTen(arrays);
    expect(result).toBe('thrown');
    expect(answers.thrownBySomeoneElse).toBe('threw');
    expect(answers.prepareThrows).toBe('prepare');
    expect(answers.thrownWithin).toEqual(['judged', 'judged']);
  });

  it('has its `this` and its arguments, and what it returns is heard', () => {
    expect(answers.called).toEqual([
      'returned, and heard',
      [
        ['prepare', true, [1, 2]],
        ['body', true, [1, 2, 3]],
      ],
    ]);
    expect(answers.kind).toEqual(['function', 0, '', true]);
    expect(answers.otherWorld).toEqual([8, true]);
  });

  it('has a stack of its own functions', () => {
    const [body, below] = answers.stack as readonly string[];
    expect(body).toContain('at named');
    expect(below).not.toContain('ofTheWatcher');
    expect(below).toContain('called.mjs');
  });

  it('is not called by a watcher that says nothing', () => {
    expect(answers.noPlan).toEqual(['undefined', 'undefined']);
    expect(answers.noFunction).toBe('undefined');
  });
});

describe('where code is written', () => {
  let answers: Answers;
  beforeAll(() => {
    answers = ask();
  });

  it('is told of the running call', () => {
    expect(answers.callerIn).toMatchObject({
      line: lineOf("answers.callerIn = addon.callerIn('called.mjs'"),
      sourceMapUrl: '',
    });
    expect(answers.callerInOther).toBe('undefined');
  });

  it('is told of functions, but not of those of V8', () => {
    expect(answers.startOf).toMatchObject({ line: lineOf('function named()') });
    expect(answers.startOfBuiltin).toBe('undefined');
    expect(answers.startOfNothing).toBe('undefined');
  });
});
