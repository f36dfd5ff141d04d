// What the failure of a leak says of where it is allocated, when nothing is known of what holds it.

import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../../packages/core/src/budget.js';
import { formatLeak } from '../../../../packages/core/src/format/leak-text.js';
import type { Frame, LeakReport, LeakSite } from '../../../../packages/core/src/types.js';
import { expectToFit, frame, root, testBody } from './frames.js';
import { reportOf } from './leaks.js';

const createSession = frame('createSession', 'src/session.ts', 14);
const handle = frame('handle', 'src/server.ts', 41);

function leakSite(
  objectsPerCall: number,
  bytesPerCall: number,
  ...frames: Frame[]
): LeakSite {
  return {
    frames,
    objectsPerCall,
    bytesPerCall,
    series: [0, 20, 60, 120].map((calls) => ({
      calls,
      liveCount: 3 + Math.round(calls * objectsPerCall),
      liveBytes: 48 + Math.round(calls * bytesPerCall),
    })),
  };
}

function leakText(
  report: Partial<LeakReport>,
  options: { allow?: number; name?: string; negated?: boolean; verbose?: boolean } = {},
): string {
  const { allow, ...rest } = options;
  const full = reportOf({
    calls: 120,
    heapBytesPerCall: 16.4,
    sites: [leakSite(1, 16, createSession, handle, testBody)],
    groups: [],
    durationMs: 38.6,
    ...report,
  });
  const text = formatLeak(judgeLeak(full, allow), full, {
    root,
    name: 'handle',
    ...rest,
  });
  return `\n${text}\n`;
}

describe('formatLeak', () => {
  it('says what stays, where it is allocated, and what to do', () => {
    const text = leakText({});
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 1 object (16 B) alive.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at (per call):
          createSession  src/session.ts:14  1 object  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what createSession() makes: a listener, a timer, a
              Map? If it may grow: toNotLeak({ allow: '16 B' }).
      "
    `);
  });

  it('shows three of many sites', () => {
    const sites = Array.from({ length: 6 }, (_, index) =>
      leakSite(
        index + 1,
        32 * (index + 1),
        frame(`keep${String(index)}`, 'src/store.ts', index + 1),
        handle,
      ),
    );
    const text = leakText({ sites, arrayBufferBytesPerCall: 65_536 }, { name: '' });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected the function not to leak, but every call keeps 21 objects (672 B) and 65.5 kB of ArrayBuffer stores alive.

        120 calls left 2,538 objects and 80.9 kB on the heap, ArrayBuffer stores grew
        by 7.86 MB.
        allocated at (per call):
          keep5       src/store.ts:6  6 objects  192 B
            < handle  src/server.ts:41
          keep4       src/store.ts:5  5 objects  160 B
            < handle  src/server.ts:41
          keep3       src/store.ts:4  4 objects  128 B
            < handle  src/server.ts:41
          ...and 3 more (6 objects, 192 B)

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what keep5() makes: a listener, a timer, a Map? If
              it may grow: toNotLeak({ allow: '67 kB' }).
      "
    `);
  });

  it.each([
    [0.04, 'but every 25 calls keep 1 object (400 B) alive.'],
    [0.7, 'but every 100 calls keep 70 objects (1.6 kB) alive.'],
    [2, 'but every call keeps 2 objects (16 B) alive.'],
    [0, "but every call keeps 16 B of V8's heap alive."],
  ])('words %d objects per call', (objectsPerCall, words) => {
    const sites = [leakSite(objectsPerCall, 16, createSession)];
    expect(leakText({ sites })).toContain(words);
  });

  it('says what grew where no site can be named', () => {
    const text = leakText({
      sites: [],
      heapBytesPerCall: 0,
      arrayBufferBytesPerCall: 65_536,
    });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 65.5 kB of ArrayBuffer stores alive.

        120 calls changed V8's heap by 0 B and ArrayBuffer stores by 7.86 MB.
        No allocating function could be named for it.

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds the Buffers and typed arrays that a call makes. If
              it may grow: toNotLeak({ allow: '66 kB' }).
      "
    `);
  });

  it('says that it could not decide', () => {
    const text = leakText({ verdict: 'undecided' });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but that is undecided: after 120 calls it still grew by 16 B per call.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at (per call):
          createSession  src/session.ts:14  1 object  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: it may be a cache that fills. Let it fill with more \`iterations\` or a
              longer \`timeoutMs\`, or accept the growth: toNotLeak({ allow: '16 B' }).
      "
    `);
    const negated = leakText({ verdict: 'undecided' }, { negated: true });
    expect(negated).toContain('Expected handle() to leak, but that is undecided:');
    expect(negated).not.toContain('allow');
  });

  it('speaks for .not', () => {
    const clean = { verdict: 'clean', sites: [], heapBytesPerCall: 0 } as const;
    expect(leakText(clean, { negated: true })).toMatchInlineSnapshot(`
      "
      Expected handle() to leak, but 120 calls left nothing behind.

        120 calls changed V8's heap by 0 B and ArrayBuffer stores by 0 B.

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: drop \`.not\`, or check that what should stay is still referenced after
              the call.
      "
    `);
    expect(leakText({}, { negated: true, allow: 1_000 })).toMatchInlineSnapshot(`
      "
      Expected handle() to leak, but every call keeps 1 object (16 B) alive, and \`allow\` accepts 1 kB.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at (per call):
          createSession  src/session.ts:14  1 object  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: drop \`.not\`, or allow less.
      "
    `);
  });

  it('shows the readings on request', () => {
    expect(leakText({}, { verbose: true })).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 1 object (16 B) alive.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at (per call):
          createSession    src/session.ts:14  1 object  16 B
            < handle       src/server.ts:41
            < (anonymous)  test/parser.test.ts:9
            after 0 calls: 3 objects, 48 B
            after 20 calls: 23 objects, 368 B
            after 60 calls: 63 objects, 1.01 kB
            after 120 calls: 123 objects, 1.97 kB

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what createSession() makes: a listener, a timer, a
              Map? If it may grow: toNotLeak({ allow: '16 B' }).
      "
    `);
  });
});
