// What people write by hand, at its best: warmed up, many calls, any growth fails.

import { answer } from '../tools/program.mjs';
import { victimNamed } from '../victims/index.mjs';

const WARM_CALLS = 200;
const CALLS = 1_000;

function held() {
  globalThis.gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}

const fn = victimNamed(process.argv[2]).make();
const start = performance.now();
for (let i = 0; i < WARM_CALLS; i++) fn();
const before = held();
for (let i = 0; i < CALLS; i++) fn();
const growth = held() - before;
answer({ leaks: growth > 0, ms: performance.now() - start });
