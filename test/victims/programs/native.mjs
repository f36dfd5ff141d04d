// Functions whose native memory is known. Each export makes a fresh function to measure.
// The addon is test/victims/native/victim.cc.

import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { victimAddon } from '../native/build.mjs';

const addon = () => createRequire(import.meta.url)(victimAddon);

function foo() {
  return new ArrayBuffer(1_000_000);
}

function bar() {
  let last;
  for (let i = 0; i < 200; i++) last = foo();
  return last.byteLength;
}

/** 200 stores of 1 MB, each dropped at once. */
export function manyStores() {
  return function callBar() {
    return bar();
  };
}

/** 100 stores of 5,000 bytes. */
export function slowBuffers() {
  return function allocateSlowly() {
    let bytes = 0;
    for (let i = 0; i < 100; i++) bytes += Buffer.allocUnsafeSlow(5_000).length;
    return bytes;
  };
}

/** 1,000 buffers of 100 bytes, cut from slabs of Node's pool. */
export function poolBuffers() {
  const text = 'x'.repeat(100);
  return function fillPool() {
    let bytes = 0;
    for (let i = 0; i < 1_000; i++) bytes += Buffer.from(text).length;
    return bytes;
  };
}

/** The window, the hash chains and the buffers of one deflate. */
export function gzip() {
  const text = 'some text '.repeat(1_000);
  return function compress() {
    return gzipSync(text).length;
  };
}

export function hashes() {
  return function hashMany() {
    let last = '';
    for (let i = 0; i < 100; i++) last = createHash('sha256').update('x').digest('hex');
    return last;
  };
}

/** 3,000,000 bytes of text in one store. */
export function encodedText() {
  const text = 'x'.repeat(3_000_000);
  return function encode() {
    return new TextEncoder().encode(text).length;
  };
}

/** A store of 2,000,000 bytes that changes hands. */
export function transferred() {
  return function transfer() {
    const buffer = new ArrayBuffer(2_000_000);
    return structuredClone(buffer, { transfer: [buffer] }).byteLength;
  };
}

/** 1 + 31 pages of 64 KiB. */
export function wasmMemory() {
  return function growMemory() {
    const memory = new WebAssembly.Memory({ initial: 1, maximum: 64 });
    memory.grow(31);
    return memory.buffer.byteLength;
  };
}

/** 64 MiB in 1,024 blocks, of which half stay and are replaced by the next call. */
export function keepsHalf() {
  const { keepHalf } = addon();
  return function keepHalfOf64MiB() {
    keepHalf(1_024);
  };
}

/** 64 MiB at once. */
export function risesAndFalls() {
  const { riseAndFall } = addon();
  return function rise() {
    riseAndFall(1_024);
  };
}

/** 16, 32, ... 16,384 bytes in one place. */
export function reallocs() {
  const { reallocChain } = addon();
  return function reallocate() {
    reallocChain(10);
  };
}

/** 4 blocks of 1,000 bytes. */
export function everyKind() {
  const { everyKind: allocate } = addon();
  return function allocateEveryKind() {
    allocate();
  };
}

/** 5,000 bytes; the realloc does not count. */
export function failingRealloc() {
  const { failingRealloc: fail } = addon();
  return function reallocateTooMuch() {
    fail();
  };
}

/** 400 blocks of 1,000 bytes by 4 threads. */
export function ownThreads() {
  const { threads } = addon();
  return function runThreads() {
    threads();
  };
}

/** 10 blocks of 1,000 bytes in Node's pool. */
export function inPool() {
  const { inPool: work } = addon();
  return async function workInPool() {
    await work();
  };
}

function leakBlock(leak) {
  leak(300);
}

/** 300 bytes a call that nobody frees. */
export function leakedBlock() {
  const { leak } = addon();
  return function handle() {
    leakBlock(leak);
  };
}

/** The same by a function that is too slow for many calls. */
export function leakedBlockSlowly() {
  const { leak } = addon();
  return function leakSlowly() {
    const end = performance.now() + 2.5;
    while (performance.now() < end);
    leak(301);
  };
}

/** 5 GB that nobody touches. */
export function untouched() {
  const { untouched: reserve } = addon();
  return function reserve5GB() {
    reserve(5_000_000_000);
  };
}

/** 100 MB mapped. */
export function mapped() {
  const { map } = addon();
  return function map100MB() {
    map(100_000_000);
  };
}

/** A full ring of 50 buffers: each call replaces one that is older. */
export function ring() {
  const buffers = Array.from({ length: 50 }, () => Buffer.allocUnsafeSlow(10_000));
  let next = 0;
  return function replaceOne() {
    buffers[next] = Buffer.allocUnsafeSlow(10_000);
    next = (next + 1) % buffers.length;
  };
}

function leakTiny(leak) {
  leak(16);
}

/** 16 bytes a call. */
export function leakedTinyBlock() {
  const { leak } = addon();
  return function handleTiny() {
    leakTiny(leak);
  };
}

/** Beside functions that are new in every call, of which V8's profiler keeps notes as long as it may. */
export function leakedBesideCompiling() {
  const { leak } = addon();
  let calls = 0;
  return function handleNewCode() {
    calls += 1;
    for (let i = 0; i < 5; i++) new Function('a', `return a + ${calls} + ${i};`)(1);
    leak(96);
  };
}

/** 2,000 bytes every 10th call. */
export function leakedBlockEveryTenth() {
  const { leak } = addon();
  let calls = 0;
  return async function handleTenth() {
    calls += 1;
    if (calls % 10 === 0) leak(2_000);
  };
}

/** 600 bytes in about every third call, which differs from round to round. */
export function leakedBlockByChance() {
  const { leak } = addon();
  let state = 1;
  return function handleByChance() {
    state = (state * 48_271) % 2_147_483_647;
    if (state % 3 === 0) leak(600);
  };
}

/** A module that V8 compiles anew after each collection, and notes something of each time. */
export function compiledAnew() {
  const header = [0, 97, 115, 109, 1, 0, 0, 0];
  const type = [1, 5, 1, 96, 0, 1, 127];
  const functions = [3, 2, 1, 0];
  const memory = [5, 3, 1, 0, 1];
  const exports = [7, 5, 1, 1, 102, 0, 0];
  const code = [10, 6, 1, 4, 0, 65, 42, 11];
  const bytes = [header, type, functions, memory, exports, code].flat();
  const wasm = new Uint8Array(bytes);
  return async function compileAnew() {
    const { instance } = await WebAssembly.instantiate(wasm);
    return instance.exports.f();
  };
}

/** 5,000 bytes a call, by a thread of Node's pool. */
export function leakedInPool() {
  const { leakInPool } = addon();
  return async function workAndLeak() {
    await leakInPool();
  };
}

/** A page of 64 KiB a call in a memory that lives for good. */
export function growingWasmMemory() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 20_000 });
  return function growForGood() {
    memory.grow(1);
  };
}

/** 600 bytes a call of a memory that was made large, as a program in it leaks that never calls its `free`. */
export function leakedInWasm() {
  const memory = new WebAssembly.Memory({ initial: 256 });
  const bytes = new Uint8Array(memory.buffer);
  let next = 0;
  return function useMore() {
    next += 600;
    bytes[next] = 1;
  };
}

/** A cache of 500 entries of 600 bytes in a memory of WebAssembly, which fills and is then used again. */
export function wasmCache() {
  const memory = new WebAssembly.Memory({ initial: 256 });
  const bytes = new Uint8Array(memory.buffer);
  let next = 0;
  return function useAgain() {
    next = (next + 600) % 300_000;
    bytes[next] = 1;
  };
}

/** Objects whose 1,000 bytes are freed by a finalizer, in a turn of its own. */
export function wrapped() {
  const { wrap } = addon();
  return function wrapAndDrop() {
    wrap();
  };
}

/** The same, with turns. */
export function wrappedAsync() {
  const { wrap } = addon();
  return async function wrapDropAndWait() {
    wrap();
  };
}

/** Buffers whose 1,000 bytes are an addon's, which a finalizer frees in a later turn. */
export function lent() {
  const { lend } = addon();
  return function lendAndDrop() {
    lend();
  };
}

/** The same, with turns. */
export function lentAsync() {
  const { lend } = addon();
  return async function lendDropAndWait() {
    lend();
  };
}

/** 1,000 bytes a call, held by an object that stays. */
export function keptWrapped() {
  const { wrap } = addon();
  const wrappers = [];
  return function keepWrapper() {
    wrappers.push(wrap());
  };
}

/** A cache of an addon that fills: 400 blocks. */
export function nativeCache() {
  const { cache } = addon();
  return function replaceInCache() {
    cache(400);
  };
}
