// Functions that fill something up to a limit and no further, or do once what need not be done
// again. Each export makes a fresh function to measure.

import { writeSync } from 'node:fs';
import { createRequire } from 'node:module';

/** A cache of 1,000 entries, one touched per call. */
export function fillingCache() {
  const cache = new Map();
  let calls = 0;
  return function touchNext() {
    const key = calls++ % 1_000;
    if (!cache.has(key)) cache.set(key, { key });
  };
}

/** 64 buffers that are handed out and given back. */
export function pool() {
  const free = Array.from({ length: 64 }, (_, id) => ({
    id,
    bytes: new Uint8Array(256),
  }));
  return function usePool() {
    const taken = free.splice(0, 3);
    for (const each of taken) each.bytes.fill(taken.length);
    free.push(...taken);
  };
}

/** 64 objects, made when they are first needed. */
export function lazyPool() {
  const free = [];
  let made = 0;
  return function useLazyPool() {
    if (made < 64) free.push({ id: made++ });
    const taken = free.shift();
    free.push(taken);
  };
}

/** Names that V8 makes one string of, 500 of them. */
export function internedStrings() {
  const scratch = {};
  let calls = 0;
  return function internName() {
    const name = `name-${calls++ % 500}`;
    scratch[name] = true;
    delete scratch[name];
  };
}

/** Objects of 200 shapes. */
export function shapes() {
  let calls = 0;
  return function makeShape() {
    const name = `property${calls++ % 200}`;
    return { [name]: 1, other: 2 };
  };
}

/** Results by one of 300 arguments. */
export function memoized() {
  const results = new Map();
  const square = (n) => {
    if (!results.has(n)) results.set(n, { value: n * n + 0.5 });
    return results.get(n);
  };
  let calls = 0;
  return function callMemoized() {
    return square((calls++ * 7) % 300);
  };
}

/** An array with holes, and with a limit. */
export function boundedSparseArray() {
  const sparse = [];
  let calls = 0;
  return function setFarApart() {
    sparse[(calls++ % 100) * 1_000] = calls;
  };
}

/** The latest 3,000 in a plain object, the oldest overwritten. */
export function boundedTable() {
  const table = {};
  let calls = 0;
  return function setInTable() {
    table[calls % 3_000] = calls % 7;
    calls++;
  };
}

/** A plain object of up to 1,500 entries, then another. */
export function replacedTable() {
  let table = {};
  let calls = 0;
  return function setOrReplace() {
    if (calls % 1_500 === 0) table = {};
    table[calls++] = true;
  };
}

/** What is under way, by number: done in the next turn. */
export function underWay() {
  const pending = {};
  let next = 0;
  return async function begin() {
    const id = next++;
    pending[id] = true;
    setImmediate(() => {
      delete pending[id];
    });
  };
}

/** The latest 50, the oldest overwritten. */
export function ringBuffer() {
  const ring = new Array(50);
  let calls = 0;
  return function writeRing() {
    ring[calls % ring.length] = { calls };
    calls++;
  };
}

/** The latest 1,000 of all. */
export function fullCache() {
  const cache = new Map();
  let calls = 0;
  return function addToFullCache() {
    cache.set(calls, { calls });
    if (++calls > 1_000) cache.delete(calls - 1_001);
  };
}

/** 600 of all there have been, each as likely as any: Algorithm R, with a remainder for chance. */
export function reservoir() {
  const sample = [];
  let calls = 0;
  let random = 1;
  return function sampleOne() {
    calls++;
    random = (random * 48_271) % 2_147_483_647;
    if (sample.length < 600) sample.push({ calls });
    else if (random % calls < 600) sample[random % calls] = { calls };
  };
}

/** Filled by a call, and emptied by it. */
export function clearedArray() {
  const rows = [];
  return function fillAndClear() {
    for (let i = 0; i < 100; i++) rows.push({ i });
    rows.length = 0;
  };
}

/** Filled by 100 calls, then emptied. */
export function flushedArray() {
  const rows = [];
  let calls = 0;
  return function addOrFlush() {
    rows.push({ calls: calls++ });
    if (rows.length === 100) rows.length = 0;
  };
}

/** Only the last error, with its stack. */
export function lastError() {
  const state = { error: undefined };
  let calls = 0;
  return function failAgain() {
    state.error = new Error(`call ${calls++}`);
    return state.error.stack;
  };
}

/** A module that only the first call loads. */
export function lazyModule() {
  const require = createRequire(import.meta.url);
  return function useModule() {
    return require('node:inspector').url();
  };
}

/** What is written for others to read. */
export function logging() {
  let calls = 0;
  const log = new console.Console({
    write: (text) => writeSync(2, text),
    on() {},
    once() {},
    removeListener() {},
  });
  return function logSomething() {
    log.log('call %d of %o', calls++, { some: ['thing'] });
  };
}
