// Which bodies are seen to draw from Math.random, in every world and from every place in V8's numbers.

import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, FRESH_PROCESSES, victimNode } from './victim-process.js';

const program = fileURLToPath(new URL('bodies/draws.mjs', import.meta.url));

type Answers = Readonly<Record<string, unknown>>;

function ask(...flags: readonly string[]): Answers {
  const args = ['--expose-gc', ...flags, program];
  const text = execFileSync(victimNode, args, { encoding: 'utf8', env: cleanEnv() });
  return JSON.parse(text) as Answers;
}

describe('a body that draws random numbers', () => {
  let answers: Answers;
  let ofCounts: readonly boolean[];
  beforeAll(() => {
    answers = ask();
    ofCounts = (answers.counts as readonly number[]).map((count) => count > 0);
  });

  it('is seen, however many it draws', () => {
    expect(answers.first).toEqual(ofCounts);
    expect(answers.later).toEqual([ofCounts, ofCounts, ofCounts]);
    expect(answers.optimised).toEqual([true, false]);
  });

  it('is seen before, after and beside collections', () => {
    expect(answers.afterCollections).toEqual(ofCounts);
    expect(answers.collectsAndDraws).toEqual([false, true, true]);
  });

  it('is seen when it throws, and up to its first await', () => {
    expect(answers.isThrowing).toEqual([false, true]);
    expect(answers.isAsync).toEqual([false, true]);
  });

  it('is seen in its own world, and only there', () => {
    expect(answers.inItsWorld).toEqual([false, true, true]);
    expect(answers.inAnotherWorld).toBe(false);
    expect(answers.beforeItBegins).toBe(false);
  });

  it('is seen when it is bound, a proxy, or calls what somebody put in the place', () => {
    expect(answers.ofABound).toEqual([false, true]);
    expect(answers.ofAProxy).toEqual([false, true]);
    expect(answers.ofAWrapper).toEqual([false, true]);
  });

  it('is not seen where a fixed seed makes its numbers', () => {
    expect(answers.ofAFixedSeed).toBe(false);
  });

  it('calls V8’s own function', () => {
    expect(answers.isUntouched).toEqual([true, 'function random() { [native code] }']);
  });

  it('is seen every time, whatever V8 does', () => {
    for (let time = 0; time < FRESH_PROCESSES; time++) expect(ask()).toEqual(answers);
    for (const flags of [
      ['--random-seed=7'],
      ['--jitless'],
      ['--always-sparkplug'],
      ['--stress-compaction'],
      ['--no-node-snapshot'],
    ]) {
      expect(ask(...flags)).toEqual(answers);
    }
  });
});
