// The worst a memory test can do is to take the process down with it. These programs
// measure in the worst company there is; whether they end well is the test.

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

async function run(program: string, ...args: readonly string[]): Promise<unknown> {
  const path = fileURLToPath(new URL(`robustness/${program}`, import.meta.url));
  const { stdout } = await promisify(execFile)(node, [path, ...args]);
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '');
}

it('measures in threads at once, while others are terminated in the middle', async () => {
  expect(await run('workers.mjs')).toEqual({
    here: 56_000,
    inWorkers: Array(3).fill(56_000),
    leaks: 'clean',
    optimized: 0,
    hasGc: 'undefined',
  });
});

it('survives code that optimises, throws, compiles, compresses and starts threads', async () => {
  const { measured } = (await run('mixed.mjs', '6')) as { measured: number };
  expect(measured).toBeGreaterThan(0);
});
