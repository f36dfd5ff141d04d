// However a function came to be called, its stores are its own, and V8 is asked for few of the stacks.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, victimNode } from './victim-process.js';

const PROGRAM = fileURLToPath(new URL('stacks/run-stacks.mjs', import.meta.url));

interface Answer {
  readonly ways: readonly string[];
  readonly rounds: number;
  /** By function and line. */
  readonly stores: Readonly<Record<string, number>>;
  readonly allocatedCount: number;
  readonly askedCount: number;
  readonly mistakenCount: number;
}

describe('stacks of native memory', () => {
  let answer: Answer;

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(victimNode, [PROGRAM], {
      env: cleanEnv(),
    });
    answer = JSON.parse(stdout) as Answer;
  });

  it('names the function and the line of every store', () => {
    const { ways, rounds, stores } = answer;
    expect(ways.length).toBeGreaterThan(10);
    expect(stores).toEqual(
      Object.fromEntries(
        ways.flatMap((way) => [
          [`by_${way}:2`, 2 * rounds],
          [`by_${way}:3`, rounds],
        ]),
      ),
    );
  });

  it('tells them by fingerprints that stand for one stack each', () => {
    expect(answer.mistakenCount).toBe(0);
  });

  it('asks V8 for a stack that is new, not for every block', () => {
    expect(answer.askedCount).toBeLessThan(answer.allocatedCount / 2);
  });
});
