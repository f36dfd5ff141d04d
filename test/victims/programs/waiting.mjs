// Async functions that wait for promises only, and such as wait for the event loop. Each export makes a fresh
// function to measure.

import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { setImmediate as nextTurn, setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';

const FILE = fileURLToPath(import.meta.url);
const gzipLater = promisify(gzip);

export const returnsPromise = () => () => Promise.resolve();

export const awaitsPromises = () => async () => {
  for (let i = 0; i < 100; i++) await i;
};

export const generates = () => async () => {
  async function* numbers() {
    for (let i = 0; i < 10; i++) yield i;
  }
  let sum = 0;
  for await (const number of numbers()) sum += number;
  return sum;
};

/** From the second call on it has what it waited for in the first. */
export const waitsOnce = () => {
  let text;
  return async () => {
    text ??= await readFile(FILE, 'utf8');
    return text.length;
  };
};

export const readsFile = () => () => readFile(FILE);

export const sleeps = () => () => sleep(0);

export const waitsForTurn = () => () => nextTurn();

export const usesPool = () => () => gzipLater('text');

export const waitsForEvent = () => () => {
  const target = new EventTarget();
  process.nextTick(() => target.dispatchEvent(new Event('ready')));
  return once(target, 'ready');
};
