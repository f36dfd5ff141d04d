// Of an async function, whether it waits for the event loop: then it is held to wider tolerances.

import { describe, expect, it } from 'vitest';
import { FRESH_PROCESSES, measureVictims, repeat } from './victim-process.js';

const PROCESSES = Math.ceil(FRESH_PROCESSES / 20);

async function answersOf(victim: string): Promise<readonly (true | undefined)[]> {
  const measured = await repeat(PROCESSES, () => measureVictims({ victims: [victim] }));
  return measured.flat().map(({ waits }) => waits);
}

describe('what a function waits for', () => {
  it.each([
    'returnsPromise',
    'awaitsPromises',

    'generates',
    'waitsOnce',
  ])('%s: promises only', async (victim) => {
    expect(new Set(await answersOf(victim))).toEqual(new Set([undefined]));
  });

  it.each(['readsFile', 'sleeps', 'waitsForTurn', 'usesPool', 'waitsForEvent'])(
    '%s: the event loop',
    async (victim) => {
      expect(new Set(await answersOf(victim))).toEqual(new Set([true]));
    },
  );
});
