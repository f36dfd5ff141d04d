// What is said when a leak is undecided, by the reason.

import { describe, expect, it } from 'vitest';
import { textOf } from './leaks.js';

describe('undecided', () => {
  it.each([
    ['time', 'more `iterations` or a longer `timeoutMs`'],
    ['heap-limit', '`--max-old-space-size`'],
    ['event-loop', 'a turn may let go of it'],
    ['snapshot-limit', 'wait for the snapshot'],
  ] as const)('because of %s says what to do', (undecidedBecause, next) => {
    const text = textOf({ verdict: 'undecided', undecidedBecause });
    expect(text.replace(/\s+/g, ' ')).toContain(next);
  });

  it('says that the event loop does not turn', () => {
    const text = textOf({ verdict: 'undecided', undecidedBecause: 'event-loop' });
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but that is undecided: it leaves work to the event loop, which does not turn between the calls of a sync function.

        The last 500 calls left 500 Session objects (1.05 MB with what they hold)
        behind.
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
