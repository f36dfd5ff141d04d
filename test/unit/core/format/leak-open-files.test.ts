import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../../packages/core/src/budget.js';
import { root } from './frames.js';
import { reportOf, textOf } from './leaks.js';

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
