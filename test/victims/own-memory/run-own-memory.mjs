// Asks toNotLeak over and over in one process, and prints what the process holds after every
// verdict, as JSON.
//
//   node --expose-gc run-own-memory.mjs clean <count> | leaking <count>

import { writeSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { matchers } from '@highwater/core';
import * as bounded from '../programs/bounded.mjs';
import * as garbage from '../programs/garbage.mjs';
import * as noLeaks from '../programs/no-leaks.mjs';

/** Sync and async; some are clean at a glance, some only after a snapshot. */
const VICTIMS = [
  bounded.pool,
  garbage.nextTick,
  bounded.memoized,
  noLeaks.lruCache,
  garbage.nextTurn,
  bounded.lazyPool,
  bounded.ringBuffer,
  garbage.finalizedAsync,
  garbage.cleanedUp,
  bounded.fillingCache,
  bounded.lastError,
  garbage.circularGarbage,
  noLeaks.errorStacks,
  bounded.flushedArray,
  garbage.weaklyHeld,
  bounded.clearedArray,
];

const [kind, count] = process.argv.slice(2);

async function reading() {
  for (let i = 0; i < 3; i++) {
    await nextTurn();
    gc();
  }
  const { heapUsed, rss } = process.memoryUsage();
  return [heapUsed, rss, process.getActiveResourcesInfo().length];
}

const kept = [];
function keepSession() {
  kept.push({ user: 'ada', seen: ['/home'] });
}

async function judge(index) {
  const fn = kind === 'clean' ? VICTIMS[index % VICTIMS.length]() : keepSession;
  const { pass, message } = await matchers.toNotLeak.call({}, fn);
  // Who fails reads the text.
  const text = pass ? '' : message();
  kept.length = 0;
  return { victim: fn.name, pass, text };
}

// What this program itself keeps must not show.
const readings = new Float64Array(Number(count) * 3);
const wrong = [];
for (let index = 0; index < Number(count); index++) {
  const { victim, pass, text } = await judge(index);
  if (pass !== (kind === 'clean')) wrong.push({ index, victim, text });
  readings.set(await reading(), index * 3);
}
writeSync(1, `${JSON.stringify({ wrong, readings: [...readings] })}\n`);
