// What a leak's failure says of the survivors and of what holds them.

import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../packages/core/src/budget.js';
import { formatLeak } from '../../../packages/core/src/format/leak-text.js';
import type {
  LeakGroup,
  LeakReport,
  RetainerStep,
} from '../../../packages/core/src/types.js';

const root = '/home/ada/app';

function thing(name: string, kind: RetainerStep['held']['kind'] = 'object') {
  return { kind, name, shallowBytes: 32, retainedBytes: 96 };
}

const sessions: RetainerStep = {
  kind: 'variable',
  name: 'sessions',
  held: thing('Map'),
  place: { file: `${root}/src/registry.ts`, line: 3, column: 14 },
  isModuleLevel: true,
};

function entry(id: number): RetainerStep {
  return {
    kind: 'map-entry',
    name: '',
    key: thing(`id-${id}`, 'string'),
    held: thing('Session'),
  };
}

function group(overrides: Partial<LeakGroup> = {}): LeakGroup {
  return {
    className: 'Session',
    objectCount: 500,
    objectsPerCall: 1,
    bytesPerCall: 56,
    retainedBytesPerCall: 2_100,
    path: { steps: [sessions, entry(118)], hiddenCount: 2, firstNew: 1 },
    contents: [],
    ...overrides,
  };
}

function reportOf(report: Partial<LeakReport>): LeakReport {
  return {
    verdict: 'leak',
    calls: 1_600,
    warmup: 10,
    heapBytesPerCall: 2_104,
    arrayBufferBytesPerCall: 0,
    sites: [],
    groups: [group()],
    collections: [],
    growths: [],
    resources: [],
    nativeSites: [],
    nativeCallers: [],
    timings: { warmUpMs: 1, plainMs: 2, sampledMs: 3, snapshotMs: 4 },
    nodeVersion: 'v20.20.2',
    durationMs: 312,
    ...report,
  };
}

function textOf(report: Partial<LeakReport>): string {
  const full = reportOf(report);
  const text = formatLeak(judgeLeak(full), full, { root, name: 'handle' });
  for (const line of text.split('\n').slice(1)) expect(line.length).toBeLessThan(81);
  return `\n${text}\n`;
}

describe('survivors', () => {
  it('are named by class, with what they hold and what holds them', () => {
    const contents = [
      { className: '(array)', objectsPerCall: 1, bytesPerCall: 900 },
      { className: 'Array', objectsPerCall: 1, bytesPerCall: 32 },
      { className: '(string)', objectsPerCall: 2, bytesPerCall: 48 },
      { className: 'system / Context', objectsPerCall: 1, bytesPerCall: 40 },
    ];
    expect(textOf({ groups: [group({ contents })] })).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 1 Session (2.1 kB with what it holds) alive.

        The last 500 calls left 500 Session objects (1.05 MB) behind.
        No allocating function could be named for it.
        held by:
          sessions (module src/registry.ts:3): Map
            → entry "id-118": Session
            with 1 × Array, 2 × string: 2.1 kB per call

        Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: delete the entry when it is done with, or key a WeakMap by the object.
              If it may grow: toNotLeak({ allow: '2.1 kB' }).
      "
    `);
  });

  it('that read the same are one', () => {
    const groups = [
      group({ objectCount: 300, objectsPerCall: 0.6 }),
      group({
        objectCount: 200,
        objectsPerCall: 0.4,
        path: { steps: [sessions, entry(7)], hiddenCount: 2, firstNew: 1 },
      }),
    ];
    const text = textOf({ groups });
    expect(text).toContain('every call keeps 1 Session (4.2 kB with what it holds)');
    expect(text).toContain('The last 500 calls left 500 Session objects');
    expect(text.match(/sessions \(module/g)).toHaveLength(1);
  });

  it('beyond the third path are counted', () => {
    const names = ['A', 'B', 'C', 'D', 'E'];
    const text = textOf({ groups: names.map((className) => group({ className })) });
    expect(text).toContain('keeps 1 A (2.1 kB with what it holds) and more alive');
    expect(text).toContain('    ...and 2 more paths');
  });

  it('that come less often than every call are counted over several', () => {
    const text = textOf({
      groups: [group({ className: '(closure)', objectCount: 20, objectsPerCall: 0.04 })],
    });
    expect(text).toContain('every 25 calls keep 1 closure');
    expect(text).toContain('The last 500 calls left 20 closures');
  });
});

describe('collections and resources', () => {
  it('names a collection that grows without new objects', () => {
    const collections = [
      {
        kind: 'Array',
        entriesPerCall: 1,
        entryCount: 2_714,
        path: { steps: [{ ...sessions, held: thing('Array') }], hiddenCount: 0 },
      },
    ] as const;
    expect(textOf({ groups: [], collections })).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call adds 1 entry to an Array.

        1,600 calls changed V8's heap by 3.37 MB and ArrayBuffer stores by 0 B.
        No allocating function could be named for it.
        held by:
          sessions (module src/registry.ts:3): Array
            Array with 2,714 entries, 1 more per call

        Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: take entries out of the Array when they are done with. If it may grow:
              toNotLeak({ allow: '2.2 kB' }).
      "
    `);
  });

  it('names what stays open and who opened it', () => {
    const poll = {
      functionName: 'poll',
      file: `${root}/src/poll.ts`,
      line: 12,
      column: 1,
      origin: 'user',
    } as const;
    const text = textOf({
      resources: [
        { type: 'Timeout', perCall: 1, frames: [poll] },
        { type: 'TCPSocketWrap', perCall: 0.5 },
      ],
    });
    expect(text).toContain(
      [
        '  left open:',
        '    Timeout: +1 per call, opened by poll src/poll.ts:12',
        '    TCPSocketWrap: +0.5 per call',
      ].join('\n'),
    );
  });

  it('says where the snapshot is', () => {
    const text = textOf({ snapshotFile: `${root}/.highwater/handle-1.heapsnapshot` });
    expect(text).toContain(
      '  Snapshot for Chrome DevTools: .highwater/handle-1.heapsnapshot',
    );
  });
});

describe('native memory', () => {
  const frame = {
    functionName: 'decode',
    file: `${root}/src/image.ts`,
    line: 21,
    column: 0,
    origin: 'user',
  } as const;
  const series = [{ calls: 601, liveCount: 601, liveBytes: 180_300 }];
  const site = { frames: [frame], objectsPerCall: 1, bytesPerCall: 300, series };

  it('is named by the line that asked for it, with its code', () => {
    const nativeSites = [{ ...site, code: 'const image = addon.decode(bytes);' }];
    expect(
      textOf({ groups: [], nativeBytesPerCall: 300, nativeSites }),
    ).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 300 B of native memory alive.

        601 calls left 601 blocks (180 kB) of native memory behind. V8's heap did not
        grow with them: nothing in JavaScript holds them.
        native memory asked for at:
          decode  src/image.ts:21  1 per call  300 B
            const image = addon.decode(bytes);

        Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: close or free what decode() opens, or look for a version of the addon
              without this leak. If it may grow: toNotLeak({ allow: '300 B' }).
      "
    `);
  });

  it('is told with the native functions that asked, when they are known', () => {
    const names = ['(anonymous namespace)::Copy', 'Resize', 'node::Buffer::New'];
    const modules = ['libvips.so', 'image.node', 'node'];
    const frames = names.map((functionName, index) => ({
      functionName,
      module: modules[index]!,
    }));
    const glue = { functionName: 'v8::internal::Builtin_HandleApiCall', module: 'node' };
    const nativeStacks = [
      { frames: [...frames, glue], share: 0.9 },
      { frames: [{ functionName: '', module: 'libc.so.6' }], share: 0.1 },
    ];
    const nativeSites = [{ ...site, nativeStacks }];
    const facts = { groups: [], nativeBytesPerCall: 300, nativeSites };
    expect(textOf(facts)).toContain(
      '\n      by Copy [libvips.so] < Resize [image.node] < node::Buffer::New [node] < ..\n',
    );
    expect(textOf(facts)).not.toContain('{ native: true }');
    const verbose = formatLeak(judgeLeak(reportOf(facts)), reportOf(facts), {
      root,
      name: 'handle',
      verbose: true,
    });
    expect(verbose).toContain('90.0 % by\n        Copy [libvips.so]\n');
    expect(verbose).toContain('10.0 % by\n        (no name) [libc.so.6]\n');
  });

  it('of threads has no line', () => {
    const nativeSites = [{ ...site, frames: [] }];
    const nativeCallers = [{ frames: [frame], code: 'const image = decode(bytes);' }];
    const text = textOf({
      groups: [],
      nativeBytesPerCall: 300,
      nativeSites,
      nativeCallers,
    });
    expect(text).toMatch(
      /called into native code meanwhile:\n +decode +src\/image.ts:21\n +const image = decode\(bytes\);\n/,
    );
    expect(text).toContain('(no JavaScript)  (native threads)  1 per call  300 B');
    expect(text).toContain('For the functions that ask: { native: true }.');
    expect(text).toContain('close or free what a call opens');
  });

  it('that is not named by line is told by its size', () => {
    const text = textOf({
      groups: [],
      heapBytesPerCall: 0,
      nativeBytesPerCall: 300,
      nativeUnavailable: 'only Linux has hooks',
    });
    expect(text).toContain('every call keeps 300 B of native memory alive');
    expect(text).toMatch(/other\s+native memory by 480 kB/);
    expect(text).toMatch(/not\s+known here: only Linux has hooks\./);
  });

  it('that objects hold is told beside them, without their ArrayBuffer stores', () => {
    const text = textOf({ arrayBufferBytesPerCall: 1_000, nativeBytesPerCall: 1_300 });
    expect(text).toMatch(/Other native\s+memory grew by 300 B per call\./);
    expect(text).toContain("toNotLeak({ allow: '2.4 kB' })");
  });
});

it('what every call makes larger is named by its kind', () => {
  const path = {
    steps: [{ ...sessions, name: 'log', held: thing('', 'string') }],
    hiddenCount: 0,
  };
  const growth = { bytesPerCall: 32, retainedBytes: 48_000, path };
  const growths = [{ ...growth, className: '(concatenated string)' }];
  expect(textOf({ groups: [], growths })).toMatchInlineSnapshot(`
    "
    Expected handle() not to leak, but every call adds 32 B to a string.

      1,600 calls changed V8's heap by 3.37 MB and ArrayBuffer stores by 0 B.
      No allocating function could be named for it.
      held by:
        log (module src/registry.ts:3): ""
          48 kB with all that only it holds

      Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
      Next: take out of it what is done with, or set it a bound. If it may grow:
            toNotLeak({ allow: '2.2 kB' }).
    "
  `);
  const buffers = [{ ...growth, className: 'Buffer' }];
  expect(textOf({ groups: [], growths: buffers })).toContain('adds 32 B to a Buffer');
});

it('says how much of a memory of WebAssembly is in use', () => {
  const growth = {
    className: 'WebAssembly.Memory',
    bytesPerCall: 597,
    retainedBytes: 610_304,
    path: { steps: [sessions], hiddenCount: 0 },
  };
  const report = { groups: [], growths: [growth], heapBytesPerCall: 0, calls: 1_000 };
  expect(textOf({ ...report, nativeBytesPerCall: 597 })).toMatchInlineSnapshot(`
    "
    Expected handle() not to leak, but every call adds 597 B to a WebAssembly.Memory.

      1,000 calls used 597 kB more of it. What a program in it does not free, its
      allocator keeps; V8's heap does not show it.
      held by:
        sessions (module src/registry.ts:3): Map
          610 kB of it in use

      Observed 1,000 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
      Next: free what a call makes in the WebAssembly module (\`free()\`, \`delete()\`,
            \`close()\`), in a \`finally\`. If it may grow:
            toNotLeak({ allow: '600 B' }).
    "
  `);
});

describe('files that stay open', () => {
  const resource = {
    type: 'FileDescriptor',
    perCall: 1,
    names: [`${root}/data/rows.csv`, '/etc/hosts'],
    frames: [
      {
        functionName: 'load',
        file: `${root}/src/load.ts`,
        line: 7,
        column: 1,
        origin: 'user',
      },
    ],
  } as const;
  const files = {
    groups: [],
    resources: [resource],
    heapBytesPerCall: 0,
    calls: 530,
  };

  it('are named with their paths and the line that opens them', () => {
    expect(textOf(files)).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call leaves 1 file open.

        530 calls left 530 files open. V8's heap did not grow with them: a file
        descriptor is a number.
        left open:
          FileDescriptor: +1 per call, opened by load src/load.ts:7
            data/rows.csv
            /etc/hosts

        Observed 530 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: close the file when it is done with, in a \`finally\`. If it may stay
              open: toNotLeak({ ignore: ['FileDescriptor'] }).
      "
    `);
  });

  it('are accepted by no size', () => {
    expect(judgeLeak(reportOf(files), 1e9)).toMatchObject({
      pass: false,
      verdict: 'leak',
      isAccepted: false,
    });
  });

  it('may be too few calls for a verdict', () => {
    const text = textOf({ ...files, verdict: 'undecided', undecidedBecause: 'time' });
    expect(text).toContain('that is undecided: after 530 calls every call leaves 1 file');
  });
});

describe('undecided', () => {
  it.each([
    ['time', 'more `iterations` or a longer `timeoutMs`'],
    ['heap-limit', '`--max-old-space-size`'],
    ['event-loop', 'a turn may let go of it'],
  ] as const)('because of %s says what to do', (undecidedBecause, next) => {
    const text = textOf({ verdict: 'undecided', undecidedBecause });
    expect(text.replace(/\s+/g, ' ')).toContain(next);
  });

  it('says that the event loop does not turn', () => {
    const text = textOf({ verdict: 'undecided', undecidedBecause: 'event-loop' });
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but that is undecided: it leaves work to the event loop, which does not turn between the calls of a sync function.

        The last 500 calls left 500 Session objects (1.05 MB) behind.
        No allocating function could be named for it.
        held by:
          sessions (module src/registry.ts:3): Map
            → entry "id-118": Session

        Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: a turn may let go of it. Let one pass: ask an async function that calls
              it and then awaits setImmediate() of node:timers/promises, or accept the
              growth: toNotLeak({ allow: '2.1 kB' }).
      "
    `);
  });
});
