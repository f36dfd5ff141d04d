import type { LeakReport, Measurement } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  FRESH_PROCESSES,
  findVictimLeaks,
  type Judgement,
  judgeVictims,
  lineOf,
  measureVictims,
  repeat,
  victimNode,
} from './victim-process.js';

// `objects` and `bytes` are what one call keeps; `undefined` bytes are V8's own choice, but
// whole and the same in every round. `forgotten` bytes belong to the allocation, not to the
// object: 16 B behind a literal remember where it was allocated, up to the first collection.
const EXACT = [
  { victim: 'number', where: 'keepNumber', objects: 1, bytes: 16 },
  { victim: 'listNode', where: 'keepListNode', objects: 1, bytes: 32, forgotten: 16 },
  { victim: 'closure', where: 'keepClosure', objects: 1, bytes: undefined },
  { victim: 'listener', where: 'keepListener', objects: 1, bytes: undefined },
  { victim: 'mapEntry', where: 'keepMapEntry', objects: 1, bytes: 16 },
  // An object (24 B), reactions, flags, and the field that Node reserves.
  { victim: 'promise', where: 'keepPromise', objects: 1, bytes: 48 },
  // Node's object, its numbers (start, async id, trigger id as doubles), the callback.
  { victim: 'timer', where: 'keepTimer', objects: 4, bytes: undefined },
];
const GROWING = [
  { victim: 'listenerInList', where: 'keepListenerInList' },
  { victim: 'growingMap', where: 'keepPlainEntry' },
];
const PROCESSES = 2;

describe('what one call keeps', () => {
  let measured: readonly (readonly Measurement[])[];
  let found: readonly (readonly LeakReport[])[];
  let judged: readonly (readonly Judgement[])[];
  const leaks = [...EXACT, ...GROWING];

  beforeAll(async () => {
    const exact = EXACT.map(({ victim }) => victim);
    const victims = leaks.map(({ victim }) => victim);
    measured = await repeat(PROCESSES, () => measureVictims({ victims: exact }));
    found = await repeat(PROCESSES, () => findVictimLeaks({ victims }));
    judged = await repeat(PROCESSES, () => judgeVictims('toNotLeak', { victims }));
  });

  it.each(EXACT)('$victim: retainedBytes is exact', ({ victim, bytes }) => {
    const index = EXACT.findIndex((known) => known.victim === victim);
    for (const process of measured) {
      const { retainedBytes, spread } = process[index]!;
      const { minimum, maximum } = spread.retainedBytes;
      expect([minimum, maximum]).toEqual([retainedBytes, retainedBytes]);
      expect(retainedBytes).toBe(bytes ?? measured[0]![index]!.retainedBytes);
      expect(retainedBytes % 8).toBe(0);
    }
  });

  it.each(EXACT)(
    '$victim: $objects survivors per call, at $where',
    ({ victim, where, objects, forgotten = 0 }) => {
      const index = EXACT.findIndex((known) => known.victim === victim);
      for (const [process, reports] of found.entries()) {
        const { verdict, sites } = reports[index]!;
        expect(verdict).toBe('leak');
        expect(sites).toHaveLength(1);
        expect(sites[0]).toMatchObject({
          objectsPerCall: objects,
          bytesPerCall: measured[process]![index]!.retainedBytes + forgotten,
        });
        expect(sites[0]!.frames[0]).toMatchObject({
          functionName: where,
          line: lineOf(`function ${where}(`, 'programs/leaks.mjs'),
        });
        expect(sites[0]!.frames[0]!.file).toMatch(/\/programs\/leaks\.mjs$/);
      }
    },
  );

  it.each(leaks)('toNotLeak fails for $victim and names $where', ({ victim, where }) => {
    const index = leaks.findIndex((known) => known.victim === victim);
    const line = lineOf(`function ${where}(`, 'programs/leaks.mjs');
    for (const judgements of judged) {
      const { pass, message } = judgements[index]!;
      expect(pass).toBe(false);
      expect(message).toContain(`programs/leaks.mjs:${line}`);
      expect(message).toContain(where);
    }
  });
});

describe('what keeps nothing for good', () => {
  const VICTIMS = [
    'heavyGarbage',
    'lruCache',
    'lazyFunctions',
    'regularExpressions',
    'errorStacks',
    'asyncTimers',
  ];
  let judged: readonly ReadonlyMap<string, Judgement>[];

  beforeAll(async () => {
    // Each victim is the first thing that some of the processes measure.
    judged = await repeat(FRESH_PROCESSES, async (index) => {
      const turn = index % VICTIMS.length;
      const victims = [...VICTIMS.slice(turn), ...VICTIMS.slice(0, turn)];
      const judgements = await judgeVictims('toNotLeak', { victims });
      return new Map(victims.map((victim, at) => [victim, judgements[at]!]));
    });
  });

  it.each(VICTIMS)('toNotLeak passes for %s, 20 of 20 runs', (victim) => {
    const failures = judged.flatMap((judgements) => {
      const { pass, message } = judgements.get(victim)!;
      return pass ? [] : [message];
    });
    expect(failures, victimNode).toEqual([]);
  });
});
