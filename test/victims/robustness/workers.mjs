// Measures in the main thread while workers measure too, some of which are terminated in
// the middle. Prints one JSON line when the process is still well.

import { Worker } from 'node:worker_threads';
import { findLeaks, measure } from '@highwater/core';
import { churn, pair } from './functions.mjs';

const WORKERS = 3;
const TERMINATED = 4;

const exits = [];
const worker = () => {
  const thread = new Worker(new URL('./worker.mjs', import.meta.url));
  exits.push(new Promise((resolve) => thread.once('exit', resolve)));
  return thread;
};

const finished = Array.from({ length: WORKERS }, () => {
  const thread = worker();
  return new Promise((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
});
for (let i = 0; i < TERMINATED; i++) {
  const thread = worker();
  await new Promise((resolve) => thread.once('online', resolve));
  setTimeout(() => thread.terminate(), 5 + i * 15);
  measure(pair, { rounds: 2 });
}
const inWorkers = await Promise.all(finished);
const here = measure(pair);
const leaks = findLeaks(churn).verdict;

// A terminated thread keeps V8 from optimising until its environment is gone.
await Promise.all(exits);
// Optimised again once nobody measures: a loop of small objects costs nothing then.
for (let i = 0; i < 20_000; i++) pair();
const optimized = measure(pair, { tier: 'optimized' }).allocatedBytes;
console.log(
  JSON.stringify({
    here: here.allocatedBytes,
    inWorkers: inWorkers.map((result) => result.allocatedBytes),
    leaks,
    optimized,
    hasGc: typeof globalThis.gc,
  }),
);
