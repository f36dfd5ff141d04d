import { describe, expect, it } from 'vitest';
import { readPaths, survivorPaths } from '../../../../packages/core/src/heap/paths.js';
import { KINDS } from './kinds.js';
import { GLOBAL, graph, names, ROOTS, raw, read, root, sources } from './paths.js';

describe('interpretation', () => {
  it('begins at the variable of a module, and names its declaration', () => {
    const path = read(`${ROOTS}
      internal 34 > object Array
      element 1 > closure open @ 4
      internal context > object system / Context
      context sessions > object Map
      internal table > array
      internal 6 > object Session < id-118`);
    expect(path).toMatchObject({
      hiddenCount: 2,
      steps: [
        {
          kind: 'variable',
          name: 'sessions',
          isModuleLevel: true,
          seenBy: 'open',
          place: { file: `${root}/src/registry.ts`, line: 3, column: 14 },
          held: { kind: 'object', name: 'Map' },
        },
        {
          kind: 'map-entry',
          key: { kind: 'string', name: 'id-118' },
          held: { kind: 'object', name: 'Session', shallowBytes: 16, retainedBytes: 100 },
        },
      ],
    });
    expect(path.steps).toHaveLength(2);
  });

  it('asks the living heap for the name of a variable in a block', () => {
    names.set(7, 'sessions');
    const path = read(`${GLOBAL}
      property f > closure open @ 4
      internal context > object system / Context
      hidden 1 > object Map`);
    names.clear();
    names.set(9, 'sessions');
    const [step] = read(`${GLOBAL}
      property f > closure open @ 4
      internal context > object system / Context
      hidden 1 > object Map`).steps;
    names.clear();
    expect(path.steps.at(-1)).toMatchObject({ kind: 'variable', name: '' });
    expect(step).toMatchObject({ name: 'sessions', isModuleLevel: true });
  });

  it('counts the steps before the first', () => {
    const long = read(`${GLOBAL}
      property leaked > object Thing
      property a > closure open @ 4
      internal context > object system / Context
      internal previous > object system / Context
      context sessions > object Map`);
    expect(long.steps.map(({ kind }) => kind)).toEqual(['variable']);
    expect(long.hiddenCount).toBe(2);
    expect(read(`${GLOBAL}\nproperty leaked > object Thing`).hiddenCount).toBe(0);
  });

  it.each(KINDS)('knows %s', (_, path, kinds) => {
    const { steps } = read(path);
    expect(steps.map(({ kind, name }) => `${kind} ${name}`).join(', ')).toBe(kinds);
  });

  it('knows how long a timer runs', () => {
    const [step] = read(`${GLOBAL}\nproperty clearInterval > closure clearInterval
      internal context > object system / Context
      context timerListMap > object Object
      element 60000 > object TimersList
      property _idlePrev > object Timeout`).steps;
    expect(step).toMatchObject({
      kind: 'timer',
      durationMs: 60_000,
      held: { name: 'Timeout' },
    });
  });

  it('never fails, wherever a path ends', () => {
    for (const [, path] of KINDS) {
      const all = raw(path);
      for (let length = 0; length <= all.length; length++) {
        const [read] = readPaths([all.slice(0, length)], graph, sources);
        const last = all[length - 1]?.node;
        const isRoot = last === undefined || last.type === 'synthetic';
        expect(read?.steps.at(-1)?.held.name).toBe(
          isRoot ? undefined : last.type === 'array' ? '(array)' : last.name,
        );
      }
    }
  });

  it('says where the new part of the heap begins', () => {
    const path = raw(`${GLOBAL}
      property clearInterval > closure open @ 4
      internal context > object system / Context
      context sessions > object Map
      internal table > array
      internal 6 > object Session < id-118
      property user > object User`);
    const begin = (firstNew: number) =>
      survivorPaths([{ path, firstNew }], graph, sources)[0]!;
    expect(begin(6)).toMatchObject({ firstNew: 1, steps: { length: 3 } });
    // A table is no step of its own: what it holds begins with the entry.
    expect(begin(5).firstNew).toBe(1);
    expect(begin(7).firstNew).toBe(2);
    expect(begin(99).firstNew).toBe(2);
  });
});
