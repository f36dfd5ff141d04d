// The tool itself must not leak: what it holds after hundreds of verdicts is what it held
// after the first hundred.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, victimNode } from './victim-process.js';

const PROGRAM = fileURLToPath(new URL('own-memory/run-own-memory.mjs', import.meta.url));

/** V8's own tables grow by a few kB now and then. It is less than 240 bytes per verdict. */
const MOST_HEAP_BYTES = 24_000;
/** One heap snapshot of the emptiest process has some 10 MB, 20 of them would be seen. */
const MOST_RSS_BYTES = 24_000_000;

function middle(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[values.length >> 1]!;
}

describe.each([
  { kind: 'clean', count: 200 },
  { kind: 'leaking', count: 40 },
])('$count verdicts in one process, all of them $kind', ({ kind, count }) => {
  let wrong: readonly object[];
  let heapBytes: readonly number[];
  let rssBytes: readonly number[];
  let handleCounts: readonly number[];

  beforeAll(async () => {
    const { stdout } = await promisify(execFile)(
      victimNode,
      ['--expose-gc', PROGRAM, kind, String(count)],
      { env: cleanEnv(), maxBuffer: 64 * 1024 * 1024 },
    );
    const answer = JSON.parse(stdout) as {
      readonly wrong: readonly object[];
      readonly readings: readonly number[];
    };
    const column = (at: number): readonly number[] =>
      answer.readings.filter((_, index) => index % 3 === at);
    wrong = answer.wrong;
    heapBytes = column(0);
    rssBytes = column(1);
    handleCounts = column(2);
  }, 600_000);

  it('are right', () => {
    expect(wrong).toEqual([]);
    expect(heapBytes).toHaveLength(count);
  });

  it('leave nothing on the heap', () => {
    const grown = heapBytes.at(-1)! - heapBytes[count / 2 - 1]!;
    expect(grown, heapBytes.join()).toBeLessThan(MOST_HEAP_BYTES);
  });

  it('leave nothing outside the heap', () => {
    const grown =
      middle(rssBytes.slice(count / 2)) - middle(rssBytes.slice(0, count / 2));
    expect(grown, rssBytes.join()).toBeLessThan(MOST_RSS_BYTES);
  });

  it('leave nothing open', () => {
    expect(new Set(handleCounts)).toEqual(new Set([handleCounts[0]]));
  });
});
