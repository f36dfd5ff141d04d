// Every matcher on a function that does nothing, in a worker where each has run before.

import { writeFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const ROUNDS = Number(process.env.HIGHWATER_BENCH_ROUNDS);
const TEXT = '{ "user": { "id": 7, "tags": ["a", "b"] } }';

const empty = () => {};
const small = () => JSON.parse(TEXT).user.tags.length;

/** What people write by hand. */
function gcLoop() {
  for (let i = 0; i < 200; i++) empty();
  globalThis.gc();
  const before = process.memoryUsage().heapUsed;
  for (let i = 0; i < 1_000; i++) empty();
  globalThis.gc();
  return process.memoryUsage().heapUsed - before;
}

const subjects = {
  'gc() + heapUsed loop': gcLoop,
  toAllocateLessThan: () => expect(empty).toAllocateLessThan('1MB'),
  toAllocateFewerThan: () => expect(empty).toAllocateFewerThan(1_000),
  toPeakBelow: () => expect(empty).toPeakBelow('1MB'),
  toRetainLessThan: () => expect(empty).toRetainLessThan('1MB'),
  toNotLeak: () => expect(empty).toNotLeak(),
  'toNotLeak, JSON.parse': () => expect(small).toNotLeak(),
};

it('times each in turn', () => {
  const names = Object.keys(subjects);
  const samples = Object.fromEntries(names.map((name) => [name, []]));
  for (let round = 0; round <= ROUNDS; round++) {
    for (const name of round % 2 === 0 ? names : [...names].reverse()) {
      const start = performance.now();
      subjects[name]();
      if (round > 0) samples[name].push(performance.now() - start);
    }
  }
  writeFileSync(process.env.HIGHWATER_BENCH_FILE, JSON.stringify(samples));
});
