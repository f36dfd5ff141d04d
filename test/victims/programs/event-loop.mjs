// Functions that leave work to the event loop, or to a timer, and what looks alike. Each export makes
// a fresh function to measure.

import { randomBytes } from 'node:crypto';
import { createSocket } from 'node:dgram';
import {
  closeSync,
  createWriteStream,
  open,
  openSync,
  readFile,
  readSync,
  watch,
} from 'node:fs';
import { open as openHandle, readFile as readFilePromise } from 'node:fs/promises';
import { createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { deflate } from 'node:zlib';

const FILE = fileURLToPath(import.meta.url);

/** A log: all lines wait in the stream until it has written the first. */
export function writtenLines() {
  const log = createWriteStream('/dev/null');
  return function writeLine() {
    log.write('a line of a log\n');
  };
}

/** A request of Node's, another on its thread pool, and a promise of one. */
export function requests() {
  return function startRequests() {
    readFile(FILE, () => {});
    randomBytes(16, () => {});
    deflate('text', () => {});
    void readFilePromise(FILE);
  };
}

/** Every entry is deleted by a timer of its own. */
export function entriesWithTimers() {
  const cache = new Map();
  let calls = 0;
  return function addForShort() {
    const key = calls++;
    cache.set(key, { key });
    setTimeout(() => cache.delete(key), 50);
  };
}

function batched(schedule) {
  const batch = [];
  let calls = 0;
  let isScheduled = false;
  const flush = () => {
    batch.length = 0;
    isScheduled = false;
  };
  return function addToBatch() {
    batch.push({ call: calls++ });
    if (isScheduled) return;
    isScheduled = true;
    schedule(flush);
  };
}

/** A batch that a timer flushes. */
export function batchOfTimer() {
  return batched((flush) => setTimeout(flush, 10));
}

export function batchOfTick() {
  return batched((flush) => process.nextTick(flush));
}

export function batchOfMicrotask() {
  return batched((flush) => queueMicrotask(flush));
}

/** Flushed by what goes on after an `await`. */
export function batchOfAwait() {
  return batched(async (flush) => {
    await null;
    flush();
  });
}

/** Flushed by the callback that a request was given. */
export function batchOfRequest() {
  return batched((flush) => readFile(FILE, flush));
}

/** A registry takes the entries of dead targets out. */
export function batchOfFinalizer() {
  const refs = new Map();
  const registry = new FinalizationRegistry((key) => refs.delete(key));
  let calls = 0;
  return function keepWeakly() {
    const target = { calls };
    refs.set(calls, new WeakRef(target));
    registry.register(target, calls++);
  };
}

/** Flushed every half second, by the clock. */
export function batchOfInterval() {
  const batch = [];
  setInterval(() => {
    batch.length = 0;
  }, 500).unref();
  return async function addForInterval() {
    batch.push({ list: [batch.length] });
  };
}

/** The same of numbers, which are no objects. */
export function numbersOfInterval() {
  const batch = [];
  setInterval(() => {
    batch.length = 0;
  }, 800).unref();
  return async function addNumber() {
    batch.push(batch.length);
  };
}

/** Entries that are deleted when they are a third of a second old. */
export function entriesWithTimersAsync() {
  const add = entriesWithLaterTimers();
  return async function addForLonger() {
    add();
  };
}

function entriesWithLaterTimers() {
  const cache = new Map();
  let calls = 0;
  return () => {
    const key = calls++;
    cache.set(key, { key });
    setTimeout(() => cache.delete(key), 333);
  };
}

/** A timer that sees what stays, and lets nothing go. */
export function besideInterval() {
  const kept = [];
  setInterval(() => kept.length, 300).unref();
  return async function keepBesideInterval() {
    kept.push({ call: kept.length });
  };
}

/** 2,500 entries that were there before, replaced one after another. */
export function cacheFullBefore() {
  const cache = new Map();
  let calls = 0;
  const add = () => {
    cache.set(calls, { calls });
    if (++calls > 2_500) cache.delete(calls - 2_501);
  };
  for (let i = 0; i < 2_500; i++) add();
  return async function replaceEntry() {
    add();
  };
}

export function besideCacheFullBefore() {
  const kept = [];
  const replace = cacheFullBefore();
  return async function keepBesideCache() {
    await replace();
    kept.push({ call: kept.length });
  };
}

/** The file is never closed: no object on the heap shows it. */
export function openFiles() {
  return function openOnly() {
    openSync(FILE);
  };
}

export function everyTenthOpenFile() {
  let calls = 0;
  return function openAndMostlyClose() {
    const file = openSync(FILE);
    if (++calls % 10 !== 0) closeSync(file);
  };
}

export function openFilesOfCallbacks() {
  return async function openByCallback() {
    await new Promise((resolve) => {
      open(FILE, resolve);
    });
  };
}

export function openPool() {
  const files = [];
  let calls = 0;
  const read = Buffer.alloc(1);
  return function readFromPool() {
    if (files.length < 100) files.push(openSync(FILE));
    readSync(files[calls++ % files.length], read, 0, 1, 0);
  };
}

export function closedFiles() {
  return async function openAndClose() {
    closeSync(openSync(FILE));
    const handle = await openHandle(FILE);
    await handle.close();
  };
}

/** Watchers, servers and sockets that are closed at once: Node lets go of them in the next turn. */
export function closedHandles() {
  return function openAndClose() {
    watch(FILE).close();
    createServer().listen(0).close();
    createSocket('udp4').close();
  };
}

/** 600 bytes of a memory of WebAssembly, which a finalizer gives back, as the bindings of Rust do. */
export function wasmOfFinalizer() {
  const memory = new WebAssembly.Memory({ initial: 256 });
  const free = [];
  let next = 0;
  const registry = new FinalizationRegistry((at) => {
    new Uint8Array(memory.buffer)[at] = 0;
    free.push(at);
  });
  return function useAndForget() {
    if (free.length === 0) {
      next += 600;
      free.push(next);
    }
    const at = free.pop();
    new Uint8Array(memory.buffer)[at] = 1;
    registry.register({ at }, at);
  };
}

/** The same, with turns. */
export function wasmOfFinalizerAsync() {
  const use = wasmOfFinalizer();
  return async function useForgetAndWait() {
    use();
  };
}

/** Every other watcher is closed. */
export function halfClosedHandles() {
  return function closeEveryOther() {
    watch(FILE).close();
    watch(FILE).unref();
  };
}

/** Opened by the pool, and closed when the loop turns. */
export function filesOfLaterTurns() {
  return function openForLater() {
    open(FILE, (_error, file) => closeSync(file));
  };
}

/** Some calls that take long: few of them fit into the time. */
export function slowLeak() {
  const kept = [];
  return async function keepSlowly() {
    await new Promise((resolve) => {
      setTimeout(resolve, 100);
    });
    kept.push({ call: kept.length });
  };
}
