// Measures code that optimises, throws, compiles, buffers, compresses and starts threads,
// for as long as it is told.

import vm from 'node:vm';
import { Worker } from 'node:worker_threads';
import { deflateSync, inflateSync } from 'node:zlib';
import { findLeaks, measure } from '@highwater/core';
import { churn, pair } from './functions.mjs';

const until = performance.now() + Number(process.argv[2] ?? 5) * 1000;
let n = 0;
const functions = [
  pair,
  churn,
  () => new Function(`return ${n++}`)(),
  () => vm.runInNewContext('[1, 2, 3].map((x) => ({ x })).length'),
  () => inflateSync(deflateSync(Buffer.alloc(20_000, n++ % 7))).length,
  () => /(a+)+b/.test('aaaaaaaaaaab'.repeat(3)),
  () => structuredClone({ a: [1, 2, { b: new Map([[1, 2]]) }] }).a.length,
  () => {
    try {
      throw new Error('expected');
    } catch (error) {
      return error.stack.length;
    }
  },
  () => new WeakRef({ n: n++ }).deref().n,
  async () => {
    await new Promise((resolve) => setImmediate(resolve));
    return JSON.parse('{"a":[1,2,3]}');
  },
  async () => {
    const thread = new Worker('42', { eval: true });
    await new Promise((resolve) => thread.once('exit', resolve));
  },
];
let measured = 0;
while (performance.now() < until) {
  for (const fn of functions) {
    const options = { rounds: 2, timeoutMs: 30_000 };
    await measure(fn, {
      ...options,
      tier: measured % 3 === 0 ? 'optimized' : 'baseline',
    });
    await findLeaks(fn, { timeoutMs: 30_000, iterations: 5 });
    measured++;
    // Hot again in between, so that there is optimised code to throw away.
    for (let i = 0; i < 2_000; i++) pair();
    if (performance.now() > until) break;
  }
}
console.log(JSON.stringify({ measured }));
