import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { HeapClass, HeapDiff, RetainerPath, ValueSize } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, type Judgement, lineOf, victimNode } from './victim-process.js';

const HOLDERS = 'heap/holders.mjs';

/** Asks a fresh process; see heap/run-heap.mjs. */
async function ask<T>(what: string): Promise<T> {
  const runner = fileURLToPath(new URL('heap/run-heap.mjs', import.meta.url));
  const { stdout } = await promisify(execFile)(victimNode, [runner, what], {
    env: cleanEnv(),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as T;
}

/** What holds the object, by holder: as `kind name` from the module's variable on. */
const HELD: Readonly<Record<string, string>> = {
  mapEntry: 'variable sessions, map-entry ',
  setEntry: 'variable open, set-entry ',
  moduleVariable: 'variable current',
  moduleExport: 'export ',
  closureVariable: 'variable keepClosure, variable kept',
  element: 'variable list, element 0, property session',
  privateField: 'variable vault, private-field #secret',
  global: 'global leakedSession',
  listener: 'variable bus, listener data, variable session',
  onceListener: 'variable bus, listener end, variable session',
  targetListener: 'variable target, listener abort, variable session',
  interval: 'timer Timeout, variable session',
  promiseReaction: 'variable never, reaction , variable session',
  awaiting: 'variable never, await waitFor',
  weakMapValue: 'variable owner, weak-map-value ',
};

const DECLARED = {
  mapEntry: 'const sessions =',
  setEntry: 'const open =',
  moduleVariable: 'let current;',
  listener: 'const bus =',
  weakMapValue: 'const owner =',
} as const;

describe('retainersOf', () => {
  let found: Readonly<Record<string, readonly RetainerPath[]>>;

  beforeAll(async () => {
    found = await ask('retainers');
  });

  it.each(Object.entries(HELD))('%s: %s', (holder, steps) => {
    expect(found[holder]).toHaveLength(1);
    const [path] = found[holder]!;
    expect(path!.steps.map(({ kind, name }) => `${kind} ${name}`).join(', ')).toBe(steps);
    expect(path!.steps.at(-1)!.held).toMatchObject({ kind: 'object', name: 'Session' });
  });

  it.each(Object.entries(DECLARED))('%s is declared by: %s', (holder, declaration) => {
    expect(found[holder]![0]!.steps[0]).toMatchObject({
      isModuleLevel: true,
      place: {
        file: expect.stringMatching(/\/heap\/holders\.mjs$/),
        line: lineOf(declaration, HOLDERS),
      },
    });
  });

  it('names keys, functions and times', () => {
    expect(found.mapEntry![0]!.steps.at(-1)!.key).toMatchObject({
      kind: 'string',
      name: 'id-118',
    });
    expect(found.awaiting![0]!.steps.at(-1)!.place).toMatchObject({
      line: lineOf('async function waitFor(', HOLDERS),
    });
    expect(found.weakMapValue![0]!.steps.at(-1)!.key).toMatchObject({ kind: 'object' });
    expect(found.interval![0]!.steps[0]).toMatchObject({
      durationMs: 60_000,
      held: {
        kind: 'function',
        name: 'poll',
        place: { line: lineOf('function poll()', HOLDERS) },
      },
    });
  });

  it('does not count local variables, but what is in them', async () => {
    const { none, some, again } = await ask<{
      none: readonly RetainerPath[];
      some: readonly RetainerPath[];
      again: number;
    }>('locals');
    expect(none).toEqual([]);
    expect(some[0]!.steps.map(({ kind }) => kind)).toEqual(['stack', 'property']);
    expect(again).toBe(1);
  });
});

describe('sizeOf', () => {
  let sizes: Readonly<Record<string, ValueSize>>;

  beforeAll(async () => {
    sizes = await ask('sizes');
  });

  it('knows the object itself', () => {
    // A map, properties and elements; a length for the array, which has its numbers elsewhere.
    expect(sizes.array).toEqual({ shallowBytes: 32, retainedBytes: 32 + 16 + 3 * 8 });
  });

  it('includes ArrayBuffer stores', () => {
    for (const name of ['buffer', 'view', 'holder']) {
      const { retainedBytes, shallowBytes } = sizes[name]!;
      expect(retainedBytes).toBeGreaterThan(64 * 1024);
      expect(retainedBytes).toBeLessThan(64 * 1024 + 500);
      expect(shallowBytes).toBeLessThan(200);
    }
  });

  it('leaves out what somebody else holds, too', () => {
    expect(sizes.sharing!.retainedBytes).toBeLessThan(1_000);
    expect(sizes.alone!.retainedBytes).toBeGreaterThan(64 * 1024);
    expect(sizes.sameAgain).toEqual(sizes.alone);
  });
});

describe('heapDiff', () => {
  let answer: {
    readonly same: HeapDiff;
    readonly grown: HeapDiff;
    readonly shrunk: HeapDiff;
    readonly histogram: readonly HeapClass[];
  };

  beforeAll(async () => {
    answer = await ask('diff');
  });

  const changeOf = (changes: HeapDiff['grown'], className: string) =>
    changes.find((change) => change.className === className);

  it('counts the objects that were made', () => {
    expect(answer.grown.grown[0]).toMatchObject({
      className: 'Session',
      beforeCount: 0,
      afterCount: 1_000,
      countDelta: 1_000,
      bytesDelta: 32_000,
    });
  });

  it('counts the objects that went away', () => {
    expect(answer.shrunk.shrunk[0]).toMatchObject({
      className: 'Session',
      countDelta: -1_000,
      bytesDelta: -32_000,
    });
    expect(changeOf(answer.shrunk.grown, 'Session')).toBeUndefined();
  });

  it('shows next to nothing where nothing happened, and nothing of its own', () => {
    const { grown, shrunk } = answer.same;
    expect(changeOf([...grown, ...shrunk], 'WeakRef')).toBeUndefined();
    expect(changeOf([...grown, ...shrunk], '(compiled code)')).toBeUndefined();
    expect(answer.same.countDelta).toBeLessThan(50);
  });

  it('has the same words as DevTools', () => {
    const names = answer.histogram.map(({ className }) => className);
    expect(names).toEqual(
      expect.arrayContaining(['(compiled code)', '(string)', 'Object']),
    );
  });
});

describe('toBeCollectable', () => {
  const RELEASED = [
    'nothing',
    'cycle',
    'closure',
    'weakCache',
    'weakMapKey',
    'nextTick',
    'microtask',
    'immediate',
    'shortTimer',
    'removedListener',
    'clearedTimer',
    'asyncFunction',
    'thenable',
    'generator',
  ];
  let judged: Readonly<Record<string, Judgement>>;

  beforeAll(async () => {
    judged = await ask('collectable');
  });

  it.each(RELEASED)('passes: %s', (name) => {
    expect(judged[name]).toMatchObject({ pass: true });
  });

  it.each(Object.keys(HELD))('fails: %s', (name) => {
    const { pass, message } = judged[name]!;
    expect(pass).toBe(false);
    expect(message).toContain('but its Session (');
    expect(message).toMatch(/^ {2}held by {2}\S.*/m);
  });

  it('shows the path', () => {
    const line = lineOf('const sessions =', HOLDERS);
    expect(judged.mapEntry!.message).toMatch(
      new RegExp(
        `held by {2}sessions \\(module .*holders\\.mjs:${line}\\): Map\\n +→ entry "id-118": Session`,
      ),
    );
    expect(judged.interval!.message).toContain(
      'held by  setInterval of 60,000 ms: poll() ',
    );
  });
});

describe('mistakes', () => {
  it('are told apart, and say what to do', async () => {
    const errors = await ask<readonly string[]>('mistakes');
    expect(errors.map((error) => error.split('\n')[0])).toEqual([
      "HighwaterError not-an-object: sizeOf looks at one object or function, but got 'text'.",
      'HighwaterError not-an-object: sizeOf looks at one object or function, but got undefined.',
      'HighwaterError not-an-object: retainersOf looks at one object or function, but got 1.',
      'HighwaterError invalid-option: Option `limit` must be a whole number, 1 or more, got 0.',
      'HighwaterError invalid-option: retainersOf has no option `most`.',
      'HighwaterError not-a-capture: The second argument of heapDiff must be what captureHeap() returned, got undefined.',
      'HighwaterError invalid-option: Option `internals` must be true or false, got 1.',
      'HighwaterError overlapping-measurement: Another measurement is running in this process or worker, and each would count what the other allocates.',
    ]);
  });
});
