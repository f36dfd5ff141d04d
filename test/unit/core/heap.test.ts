import { describe, expect, it } from 'vitest';
import { retainerLines } from '../../../packages/core/src/format/retainer-text.js';
import { type Paint, toStyle } from '../../../packages/core/src/format/style.js';
import { diffClasses, mergeClasses } from '../../../packages/core/src/heap/classes.js';
import type { LiveScopes } from '../../../packages/core/src/heap/live-scopes.js';
import { readPaths, survivorPaths } from '../../../packages/core/src/heap/paths.js';
import { findDeclaration } from '../../../packages/core/src/heap/places.js';
import {
  fileNameOf,
  writeHeapSnapshotFile,
} from '../../../packages/core/src/heap/snapshot-file.js';
import type { HeapGraph, HeapStep } from '../../../packages/core/src/native.js';
import { keepPositions } from '../../../packages/core/src/source-map.js';
import type { HeapCapture, RetainerPath } from '../../../packages/core/src/types.js';

const root = '/home/ada/app';

const SOURCE = `import { x } from './x.js';

export const sessions = new Map();
function open(id) {
  const session = {};
  return () => session;
}
const twice = 1;
{ const inner = 1; }
function other() {
  const twice = 2;
}
`;

/** What the living heap would tell, by id. */
const names = new Map<number, string>();

const sources = {
  withLiveScopes: <T>(body: (scopes: LiveScopes) => T): T =>
    body({
      variablesOf: () => new Map(names),
      functionOf: () => 5,
      timerOf: () => ({ durationMs: 60_000, isRepeated: true }),
    }),
  mapper: keepPositions,
  readText: (path: string) => {
    if (path === `${root}/src/registry.ts`) return SOURCE;
    throw new Error('ENOENT');
  },
};

/** Of a scope that no function on the path tells of, one holder can be found. */
const graph = {
  node: (id: number) => ({ ...raw('property f > closure waits @ 10')[1]!.node, id }),
  paths: () => [
    raw('property f > closure helper @ 4\ninternal context > object system / Context'),
  ],
};

/**
 * Steps as V8 draws them, one a line: `edge type, edge name > node type, node name (< key) (@ line)`.
 * The root comes by itself.
 */
function raw(text: string): readonly HeapStep[] {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  return ['. > synthetic ', ...rows].map((line, id) => {
    const [, edgeType = '', edgeName = '', type = '', name = '', key, at] =
      /^(\S+) ?(.*?) > (\S+) ?(.*?)(?: < (.+?))?(?: @ (\d+))?$/.exec(line) ?? [];
    const node = (nodeType: string, nodeName: string) => ({
      id: id * 2 + 1,
      type: nodeType,
      name: nodeName,
      shallowBytes: 16,
      retainedBytes: 100,
    });
    return {
      edgeType,
      edgeName,
      node: {
        ...node(type, name),
        ...(at && {
          place: {
            scriptId: 7,
            scriptName: `file://${root}/src/registry.ts`,
            line: Number(at),
            column: 5,
          },
        }),
      },
      ...(key && {
        key: /^[A-Z]/.test(key)
          ? { ...node('object', key), id: id * 2 + 1_001 }
          : { ...node('string', key), id: id * 2 + 1_001 },
      }),
    };
  });
}

function read(text: string): RetainerPath {
  return readPaths([raw(text)], graph, sources)[0]!;
}

function lines(text: string, options = {}): string {
  return retainerLines(read(text), toStyle({ root, ...options })).join('\n');
}

const ROOTS = `
  element 1 > synthetic (GC roots)
  element 10 > synthetic (Global handles)`;

const GLOBAL = 'shortcut 2 > object global';

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

  const KINDS: readonly (readonly [what: string, path: string, kinds: string])[] = [
    ['a global', `${GLOBAL}\nproperty leaked > object Session`, 'global leaked'],
    [
      'a global in a realm of its own',
      `shortcut 2 > hidden system / NativeContext
       internal global_object > object global (global*)
       property leaked > object Session`,
      'global leaked',
    ],
    [
      'a variable of a module, through the module itself',
      `element 5 > native Node / Environment
       element 4 > native Node / ModuleWrap
       internal 1 > object ModuleWrap
       internal 2 > hidden system / SourceTextModule
       internal 4 > object Generator
       internal context > object system / Context
       context sessions > object Map`,
      'variable sessions',
    ],
    [
      'what a running function has',
      `element 1 > synthetic (GC roots)
       element 7 > synthetic (Stack roots)
       internal 71 > object system / Context
       context cache > object Cache
       property last > object Session`,
      'stack cache, property last',
    ],
    [
      'a variable of a function',
      `${GLOBAL}\nproperty f > closure counter @ 6
       internal context > object system / Context
       context session > object Session`,
      'global f, variable session',
    ],
    [
      'a variable of a block, whose name V8 does not tell',
      `${GLOBAL}\nproperty f > closure counter @ 6
       internal context > object system / Context
       hidden 0 > object Session`,
      'global f, variable ',
    ],
    [
      'an export of an ES module',
      `${GLOBAL}\nproperty f > closure TGlobal @ 9
       internal context > object system / Context
       internal extension > hidden system / SourceTextModule
       hidden 0 > array
       internal 10 > hidden system / Cell
       internal value > object Session`,
      'export ',
    ],
    [
      'an export of a CommonJS module',
      `${GLOBAL}\nproperty x > object Module
       property exports > object Object
       property store > object Array
       element 0 > object Session`,
      'export store, element 0',
    ],
    [
      "a module in a runner's registry",
      `${GLOBAL}\nproperty x > object Map
       internal table > array
       internal 5 > object Object < /home/ada/app/src/registry.ts
       property exports > object Object
       property store > object Array
       element 3 > object Session`,
      'export store, element 3',
    ],
    [
      'properties, symbols, private fields and prototypes',
      `${GLOBAL}\nproperty a > object A
       property b > object B
       property <symbol tag> > object C
       property #secret > object D
       property __proto__ > object E`,
      'global a, property b, property [tag], private-field #secret, prototype ',
    ],
    [
      'the name of a property that has a number',
      `${GLOBAL}\nproperty a > object Object
       internal properties > array
       internal 7 > string user-5`,
      'global a, property user-5',
    ],
    [
      'a Set',
      `${GLOBAL}\nproperty a > object Set
       internal table > array
       internal 5 > object Session`,
      'global a, set-entry ',
    ],
    [
      'a value in a WeakMap',
      `${GLOBAL}\nproperty key > object Key
       internal 3 / part of key (Key @1) -> value (Session @2) pair in WeakMap (table @3) > object Session < Key`,
      'global key, weak-map-value ',
    ],
    [
      'a listener, the only one of its event',
      `${GLOBAL}\nproperty bus > object EventEmitter
       property _events > object Object
       property data > closure onData @ 6
       internal context > object system / Context
       hidden 0 > object Session`,
      'global bus, listener data, variable ',
    ],
    [
      'a listener of several, added with once',
      `${GLOBAL}\nproperty bus > object EventEmitter
       property _events > object Object
       property data > object Array
       element 1 > closure native_bind
       property listener > closure onData @ 6`,
      'global bus, listener data',
    ],
    [
      'a listener of an EventTarget',
      `${GLOBAL}\nproperty target > object EventTarget
       property <symbol kEvents> > object Map
       internal table > array
       internal 6 > object Object < abort
       property next > object Listener
       property next > object Listener
       property listener > closure onAbort @ 6`,
      'global target, listener abort',
    ],
    [
      'a timer',
      `${GLOBAL}\nproperty clearInterval > closure clearInterval
       internal context > object system / Context
       context timerListMap > object Object
       element 1000000 > object TimersList
       property _idleNext > object Timeout
       property _idleNext > object Timeout
       property _onTimeout > closure poll @ 6
       internal context > object system / Context
       context session > object Session`,
      'timer Timeout, variable session',
    ],
    [
      "a timer in the user's own hands",
      `${GLOBAL}\nproperty poller > object Timeout\nproperty _onTimeout > closure poll @ 6`,
      'global poller, timer Timeout',
    ],
    [
      'a callback of a promise',
      `${GLOBAL}\nproperty p > object Promise
       internal reactions_or_result > hidden system / PromiseReaction
       hidden 0 > hidden system / PromiseReaction
       hidden 1 > closure later @ 6`,
      'global p, reaction ',
    ],
    [
      'what then() returned',
      `${GLOBAL}\nproperty p > object Promise
       internal reactions_or_result > hidden system / PromiseReaction
       hidden 3 > object Promise
       internal reactions_or_result > object Session`,
      'global p, chained-promise , promise-result ',
    ],
    [
      'a local variable across an await',
      `${GLOBAL}\nproperty p > object Promise
       internal reactions_or_result > hidden system / PromiseReaction
       hidden 1 > closure 
       internal context > object system / Context
       internal extension > object Generator
       internal parameters_and_registers > array
       internal 1 > object Session`,
      'global p, await waits',
    ],
    [
      'a local variable of a generator',
      `${GLOBAL}\nproperty g > object walk
       internal parameters_and_registers > array
       internal 1 > object Session`,
      'global g, generator waits',
    ],
    [
      'the store of an AsyncLocalStorage, before Node 24 and since',
      `${GLOBAL}\nproperty t > object Timeout
       property <symbol kResourceStore> > object Frame
       property <symbol kAsyncContextFrame> > object AsyncContextFrame
       internal table > array
       internal 6 > object Session < AsyncLocalStorage`,
      'global t, async-context , async-context ',
    ],
    [
      'a bound function',
      `${GLOBAL}\nproperty f > closure native_bind
       internal bound_this > closure native_bind
       internal bound_argument_0 > object Session`,
      'global f, bound-this , bound-argument 0',
    ],
    [
      'a Proxy',
      `${GLOBAL}\nproperty p > hidden system / JSProxy\nhidden 1 > object Session`,
      'global p, proxy-target ',
    ],
    [
      'a FinalizationRegistry',
      `${GLOBAL}\nproperty r > object FinalizationRegistry
       hidden 4 > hidden system / WeakCell
       hidden 2 > object Session`,
      'global r, finalizer ',
    ],
    [
      "Node's own handles",
      `element 5 > native Node / Environment
       internal cleanup_queue > native Node / CleanupQueue
       element 4 > native Node / TCPWrap
       internal native_to_javascript > object TCP
       property <symbol owner> > object Socket`,
      'native TCPWrap, property [owner]',
    ],
    [
      "what only V8's roots hold",
      `${ROOTS}\ninternal 34 > object Session`,
      'root Global handles',
    ],
    [
      'what nobody knows, as V8 calls it',
      `${GLOBAL}\nproperty x > object X
       internal odd_thing > hidden system / Odd
       hidden 4 > object Session`,
      'global x, internal odd_thing, internal 4',
    ],
  ];

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

describe('declarations', () => {
  it('are found by their name when there is one', () => {
    expect(findDeclaration('sessions', SOURCE)).toEqual({
      line: 3,
      column: 14,
      isModuleLevel: true,
    });
    expect(findDeclaration('open', SOURCE)).toMatchObject({
      line: 4,
      isModuleLevel: true,
    });
    expect(findDeclaration('session', SOURCE)).toMatchObject({
      line: 5,
      isModuleLevel: false,
    });
  });

  it('are not guessed', () => {
    for (const name of ['twice', 'sess', 'missing', 'a.b', '$&']) {
      expect(findDeclaration(name, SOURCE)).toBeUndefined();
    }
  });
});

const SESSION = `${GLOBAL}
  property f > closure open @ 4
  internal context > object system / Context
  context sessions > object Map
  internal table > array
  internal 6 > object Session < id-118`;

describe('text', () => {
  it('names the holder first', () => {
    expect(lines(SESSION)).toMatchInlineSnapshot(`
      "  held by  sessions (module src/registry.ts:3): Map
          → entry "id-118": Session"
    `);
  });

  it('is one line for one step', () => {
    expect(lines(`${GLOBAL}\nproperty leaked > object Session`)).toBe(
      '  held by  globalThis.leaked: Session',
    );
  });

  it('wraps between steps', () => {
    const text = lines(`${GLOBAL}
      property registry > object Registry
      property #sessions > object Map
      internal table > array
      internal 6 > object Session < a-very-long-identifier-of-a-session-that-nobody-reads
      property user > object User
      property odd name > object Object
      element 12 > closure onData @ 6
      internal context > object system / Context
      hidden 0 > object TListener`);
    expect(text).toMatchInlineSnapshot(`
      "  held by  globalThis.registry: Registry
          → .#sessions: Map → entry "a-very-long-identifier-of...": Session
          → .user: User → ["odd name"] → [12]: onData() src/registry.ts:6
          → a variable: TListener"
    `);
    for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  });

  it('leaves out the middle of a long path', () => {
    const next = Array.from({ length: 12 }, () => 'property next > object Node').join(
      '\n',
    );
    const long = `${GLOBAL}\nproperty first > object Node\n${next}`;
    expect(lines(long)).toMatchInlineSnapshot(`
      "  held by  globalThis.first: Node
          → .next: Node → .next: Node → ... 6 more ... → .next: Node → .next: Node
          → .next: Node → .next: Node"
    `);
    expect(lines(long, { verbose: true }).match(/\.next/g)).toHaveLength(12);
  });

  it('colours the first reference and dims the rest', () => {
    const mark =
      (name: string) =>
      (text: string): string =>
        `<${name}>${text}</${name}>`;
    const paint: Paint = {
      bold: mark('b'),
      dim: mark('d'),
      red: mark('r'),
      green: mark('g'),
    };
    expect(lines(SESSION, { paint })).toMatchInlineSnapshot(`
      "  held by  <b>sessions</b> (module src/registry.ts:3): Map
      <d>    → entry "id-118": Session</d>"
    `);
  });

  it('finds words for everything', () => {
    const held = (path: string): string => lines(path).replace(/\n +/g, ' ').slice(11);
    expect([
      held(`${GLOBAL}\nproperty key > object Key
        internal 3 / part of key (Key @1) -> value (Session @2) pair in WeakMap (table @3) > object Session < Key`),
      held(`${GLOBAL}\nproperty clearInterval > closure clearInterval
        internal context > object system / Context
        context timerListMap > object Object
        element 60000 > object TimersList
        property _idleNext > object Timeout
        property _onTimeout > closure poll @ 6
        internal context > object system / Context
        context session > object Session`),
      held(`${GLOBAL}\nproperty bus > object EventEmitter
        property _events > object Object
        property data > closure onData @ 6`),
      held(`${GLOBAL}\nproperty p > object Promise
        internal reactions_or_result > hidden system / PromiseReaction
        hidden 1 > closure 
        internal context > object system / Context
        internal extension > object Generator @ 10
        internal parameters_and_registers > array
        internal 1 > object Session`),
      held(`${ROOTS}\ninternal 34 > object Session`),
      held(`${GLOBAL}\nproperty x > object X
        internal odd_thing > hidden system / Odd
        hidden 4 > object Session`),
    ]).toMatchInlineSnapshot(`
      [
        "globalThis.key: Key → value of Key in a WeakMap: Session",
        "setInterval of 60,000 ms: poll() src/registry.ts:6 → session (src/registry.ts:5): Session",
        "globalThis.bus: EventEmitter → listener of "data": onData() src/registry.ts:6",
        "globalThis.p: Promise → local variable of waits() that waits (src/registry.ts:10): Session",
        "Global handles (V8): Session",
        "globalThis.x: X → (odd_thing): system / Odd → (internal): Session",
      ]
    `);
  });
});

describe('classes', () => {
  const capture = (
    classes: readonly (readonly [string, number, number])[],
  ): HeapCapture => ({
    totalBytes: classes.reduce((sum, [, , bytes]) => sum + bytes, 0),
    totalCount: classes.reduce((sum, [, count]) => sum + count, 0),
    classes: classes.map(([className, count, shallowBytes]) => ({
      className,
      count,
      shallowBytes,
    })),
    nodeVersion: 'v20.20.2',
    durationMs: 1,
  });

  it('are called as in DevTools', () => {
    const entry = { count: 1, shallowBytes: 8 };
    expect(
      mergeClasses([
        { type: 'object', name: 'Session', ...entry, shallowBytes: 100 },
        { type: 'native', name: 'Session', ...entry },
        { type: 'string', name: '', ...entry },
        { type: 'code', name: '(bytecode)', ...entry },
        { type: 'closure', name: 'open', ...entry },
        { type: 'closure', name: 'close', ...entry },
        { type: 'object', name: '', ...entry },
      ]),
    ).toEqual([
      { className: 'Session', count: 2, shallowBytes: 108 },
      { className: '(closure)', count: 2, shallowBytes: 16 },
      { className: '(string)', count: 1, shallowBytes: 8 },
      { className: '(compiled code)', count: 1, shallowBytes: 8 },
      { className: '(object)', count: 1, shallowBytes: 8 },
    ]);
  });

  it('have grown, have shrunk, or are left out', () => {
    const before = capture([
      ['Same', 1, 16],
      ['Gone', 2, 32],
      ['Fewer', 3, 300],
    ]);
    const after = capture([
      ['Same', 1, 16],
      ['New', 4, 64],
      ['(compiled code)', 1, 0],
      ['Fewer', 1, 100],
    ]);
    const diff = diffClasses(before, after, false);
    expect(diff).toMatchObject({ bytesDelta: -168, countDelta: 0 });
    expect(diff.grown).toEqual([
      {
        className: 'New',
        beforeCount: 0,
        afterCount: 4,
        countDelta: 4,
        beforeBytes: 0,
        afterBytes: 64,
        bytesDelta: 64,
      },
    ]);
    expect(
      diff.shrunk.map(({ className, bytesDelta }) => [className, bytesDelta]),
    ).toEqual([
      ['Fewer', -200],
      ['Gone', -32],
    ]);
  });
});

describe('snapshot files', () => {
  it('have names that every file system takes', () => {
    expect(fileNameOf('closes > the "sessions"/../x')).toBe('closes-the-sessions-..-x');
    expect(fileNameOf('...')).toBe('heap');
    expect(fileNameOf('ü'.repeat(200))).toHaveLength(80);
  });

  it('say what went wrong', () => {
    const graph = {
      node: (id: number) => ({ ...raw('property f > closure waits @ 10')[1]!.node, id }),
      write: () => {
        throw new Error('no space left on device');
      },
    } as unknown as HeapGraph;
    expect(() => writeHeapSnapshotFile(graph, '/dev/null/x', 'test')).toThrow(
      /^The heap snapshot could not be written to .*test-\d{8}-\d{6}-\d{3}\.heapsnapshot: /,
    );
  });
});
