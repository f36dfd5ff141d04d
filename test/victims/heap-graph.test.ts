// What the addon says about heaps with known answers.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { GrownStore, SurvivorGroup } from '@highwater/native';
import { beforeAll, describe, expect, it } from 'vitest';
import { lineOf, victimNode } from './victim-process.js';

/** A path as one line per step, from the holder on. */
type Printed<T> = Omit<T, 'path'> & { readonly path: readonly string[] };

async function run<T>(program: string, ...args: readonly string[]): Promise<T> {
  const path = fileURLToPath(new URL(`heap-graph/${program}`, import.meta.url));
  const { stdout } = await promisify(execFile)(victimNode, [path, ...args]);
  return JSON.parse(stdout) as T;
}

describe('what 100 calls left behind', () => {
  let groups: readonly Printed<SurvivorGroup>[];
  let stores: readonly Printed<GrownStore>[];
  beforeAll(async () => {
    ({ groups, stores } = await run<{
      groups: readonly Printed<SurvivorGroup>[];
      stores: readonly Printed<GrownStore>[];
    }>('shapes.mjs'));
  });

  const group = (name: string, type = 'object') =>
    groups.filter((candidate) => candidate.name === name && candidate.type === type);

  it.each([
    ['InArray', 2_400, 'context array', 'element 50'],
    [
      'InDictionary',
      2_400,
      'context dictionary',
      expect.stringMatching(/^property key /),
    ],
    ['InSet', 2_400, 'context set', expect.stringMatching(/^internal \d+$/)],
    ['MapKey', 2_400, 'context objectMap', expect.stringMatching(/^internal \d+$/)],
    ['MapValue', 3_200, 'context objectMap', expect.stringMatching(/^internal \d+$/)],
    ['InPrivateField', 2_400, 'property #secrets', 'element 50'],
    ['InStaticField', 2_400, 'property shelf', 'element 50'],
    ['InExport', 2_400, 'internal value', 'element 50'],
    ['InCommonModule', 2_400, 'property kept', 'element 50'],
    ['InGlobal', 2_400, 'property everywhere', 'element 50'],
    ['Link', 3_200, 'context list', 'property head'],
  ])('%s: once a call, %i B, under its name', (name, bytes, holder, edge) => {
    const found = group(name);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({
      count: 100,
      shallowBytes: bytes,
      retainedBytes: bytes,
      contents: [],
    });
    const { path } = found[0]!;
    expect(path[0]?.split(' -> ')[0]).toBe(holder);
    expect(path.at(-1)?.split(' -> ')[0]).toEqual(edge);
  });

  it('a Map value comes with its key', () => {
    expect(group('MapValue')[0]?.path.at(-1)).toMatch(/object MapValue \(MapKey\)$/);
    expect(group('Object')[0]?.path.at(-1)).toMatch(/object Object \(key \d+\)$/);
  });

  it('a WeakMap value is content of its key', () => {
    expect(group('WeakValue')).toEqual([]);
    expect(group('WeakKey')).toMatchObject([
      {
        count: 100,
        retainedBytes: 4_800,
        contents: [{ name: 'WeakValue', count: 100, shallowBytes: 2_400 }],
      },
    ]);
  });

  it('a part is content of its whole', () => {
    expect(group('Part')).toEqual([]);
    expect(group('Whole')).toMatchObject([
      {
        count: 100,
        shallowBytes: 3_200,
        retainedBytes: 6_400,
        contents: [{ type: 'object', name: 'Part', count: 100, shallowBytes: 3_200 }],
      },
    ]);
  });

  it.each([
    ['', 'Captured', /^element 50$/, 12_000],
    ['onEvent', 'HeldByListener', /^element 50$/, 12_800],
    ['onResult', 'HeldByReaction', /^hidden \d$/, 12_800],
  ])('closure "%s" holds its %s', (name, content, edge, retainedBytes) => {
    const [found, ...others] = group(name, 'closure').filter(({ contents }) =>
      contents.some((tally) => tally.name === content),
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({ count: 100, retainedBytes });
    expect(found?.path.at(-1)?.split(' -> ')[0]).toMatch(edge);
    expect(found?.contents.map((tally) => [tally.name, tally.count])).toEqual([
      ['system / Context', 100],
      [content, 100],
    ]);
  });

  it('timers are one group, although they are a ring with old ones', () => {
    expect(group('Timeout')).toMatchObject([{ count: 100 }]);
    expect(group('Timeout')[0]?.path[0]).toMatch(/TimersList$/);
  });

  it('ArrayBuffers come with their stores', () => {
    expect(group('ArrayBuffer')).toMatchObject([
      {
        count: 100,
        contents: [
          { type: 'native', name: 'system / JSArrayBufferData', shallowBytes: 1_000_000 },
        ],
      },
    ]);
  });

  it('a text counts once, whatever it is made of', () => {
    expect(
      group('', 'concatenated string').map(({ count, path }) => [count, path[0]]),
    ).toEqual([[100, 'context texts -> object Array']]);
  });

  it.each([
    ['small', 'object Array', 80_000],
    ['smallMap', 'object Map', 15_000],
    ['log', 'object Object', 3_200],
  ])('numbers and appended texts show as room of %s', (name, holder, fewestBytes) => {
    const found = stores.filter(({ path }) => path[0] === `context ${name} -> ${holder}`);
    expect(found).toHaveLength(1);
    expect(found[0]!.storeBytes).toBeGreaterThanOrEqual(fewestBytes);
  });

  it('nothing else', () => {
    const expected = /^(In[A-Z]\w+|Map(Key|Value)|WeakKey|Whole|Link|Timeout|Object)$/;
    const others = groups.filter(
      ({ name, type }) =>
        type === 'object' &&
        !expected.test(name) &&
        !/^(ArrayBuffer|Promise)$/.test(name),
    );
    expect(others).toEqual([]);
  });
});

it('finds a function where it begins', async () => {
  const { places } = await run<{ places: readonly object[] }>('places.mjs');
  expect(places).toEqual([
    {
      scriptId: expect.any(Number),
      scriptName: new URL('heap-graph/places.mjs', import.meta.url).href,
      line: lineOf('function beginsHere', 'heap-graph/places.mjs'),
      column: 'export function beginsHere'.length + 1,
    },
  ]);
});

describe('a large script whose lines V8 has not counted', () => {
  it.each(['script', 'context', 'eval', 'function', 'worker'])(
    '%s: a snapshot takes no longer than when it has, and nothing of it is a survivor',
    async (what) => {
      const { unknownMs, knownMs, line, large } = await run<{
        readonly unknownMs: number;
        readonly knownMs: number;
        readonly line: number;
        readonly large: readonly object[];
      }>('large-script.mjs', what);
      // A snapshot alone and one with its analysis; looking the lines up from the source's beginning, 20 times more.
      expect(unknownMs).toBeLessThan(4 * knownMs + 500);
      const firstLine = what === 'function' ? 4 : 2;
      expect(line).toBe(firstLine + 3 * 7_999);
      expect(large).toEqual([]);
    },
  );
});

it('a snapshot that takes V8 too long is given up, and the next one is whole', async () => {
  const given = { isTooLarge: true, isGraph: false, id: null };
  expect(await run('large-heap.mjs')).toEqual({
    given: [given, given, given, given, given],
    holder: '100000',
    isOld: true,
    isYoung: true,
    unlimited: true,
  });
});

it('ids stay with their objects wherever collections move them', async () => {
  expect(await run('ids.mjs')).toEqual({
    grows: true,
    oldAbove: 0,
    youngBelow: 0,
    lastBelow: 0,
  });
});

it('counts the keys of an object by its id, and runs no code for it', async () => {
  expect(await run('keys.mjs')).toEqual({
    empty: 0,
    numbered: 1_000,
    far: 1_000,
    mixed: 3,
    hidden: 1,
    getter: 1,
    proxy: 0,
    unknown: 0,
    ran: 0,
  });
});

it('a graph that is gone says so, and threads may end in the middle', async () => {
  const gone = 'highwater: this heap graph has been disposed of';
  expect(await run('lifetimes.mjs')).toEqual({
    unheld: 'highwater: acquire() must come first',
    paths: {
      kept: 'Kept',
      observed: null,
      direct: null,
      unknown: null,
      idOfNewer: null,
      disposed: gone,
    },
    written: {
      nodes: true,
      edges: true,
      files: ['one.heapsnapshot'],
      nowhere:
        'highwater: cannot write the heap snapshot /nowhere/at/all: No such file or directory',
    },
    forgotten: null,
    released: gone,
  });
}, 60_000);
