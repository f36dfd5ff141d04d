// What a leak's failure says of the survivors and of what holds them.

import { describe, expect, it } from 'vitest';
import { root } from './frames.js';
import { entry, group, sessions, textOf, thing } from './leaks.js';

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

        The last 500 calls left 500 Session objects (1.05 MB with what they hold)
        behind.
        No allocating function could be named for it.
        held by:
          sessions (module src/registry.ts:3): Map
            → entry "id-118": Session
            1 Session: 2.1 kB per call, holding 1 Array and 2 strings

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
    expect(text).toContain(
      'keeps 1 A, 1 B and 3 more objects (10.5 kB with what they hold) alive',
    );
    expect(text).toContain('    ...and 2 more paths (4.2 kB per call)');
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
          48 kB now, with all that only it holds

      Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
      Next: take out of it what is done with, or limit its size. If it may grow:
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
