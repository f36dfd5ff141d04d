// Everything at once that could bring the hooks down, for some seconds: recordings begin and end while
// code is optimised and thrown away, buffers, zlib's pool, WebAssembly, regular expressions, exceptions,
// structuredClone, workers that end in the middle, child processes, the inspector's profiler.
// Prints one line of JSON; any other end is a failure.
//
//   node program.mjs <seconds>

import { spawnSync } from 'node:child_process';
import { createHash, randomFill } from 'node:crypto';
import { Session } from 'node:inspector/promises';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { deflate, gzipSync, inflate } from 'node:zlib';
import { loadNative } from '../../native/index.cjs';

const seconds = isMainThread ? Number(process.argv[2] ?? 10) : workerData.seconds;
/** Node aborts when a thread is terminated while it makes a stream of zlib ("close before init"). */
const usesZlib = isMainThread || workerData.endsByItself;
const end = performance.now() + seconds * 1_000;
const addon = loadNative();
const found = {
  recordings: 0,
  stacks: 0,
  unnamed: 0,
  mistaken: 0,
  noLines: 0,
  refused: 0,
  workers: 0,
};

/** A new function each time, so that something is always being compiled. */
function compileAndDeoptimise(round) {
  const add = new Function('a', 'b', `/* ${round} */ return a.x + b.x;`);
  let sum = 0;
  for (let i = 0; i < 3_000; i++) sum += add({ x: i }, { x: 1 });
  for (let i = 0; i < 50; i++) sum += add({ y: 1, x: i }, { x: 'text' }).length;
  return sum;
}

function buffers() {
  const kept = [];
  for (let i = 0; i < 300; i++) {
    kept.push(
      Buffer.from('some text'),
      Buffer.allocUnsafeSlow(i * 10),
      new ArrayBuffer(i),
    );
  }
  return kept.length;
}

function wasm() {
  const memory = new WebAssembly.Memory({ initial: 1, maximum: 20 });
  memory.grow(5);
  return memory.buffer.byteLength;
}

function exceptions() {
  let caught = 0;
  for (let i = 0; i < 200; i++) {
    try {
      JSON.parse('{"a":');
    } catch {
      caught++;
    }
  }
  return caught + 'a1b2'.repeat(200).replace(/[a-z](\d)/g, '$1').length;
}

function builtins() {
  if (usesZlib) gzipSync('some text '.repeat(500));
  createHash('sha256').update('x').digest();
  const buffer = new ArrayBuffer(5_000);
  structuredClone(
    { buffer, map: new Map([[1, { a: [1, 2, 3] }]]) },
    { transfer: [buffer] },
  );
}

const inPool = () =>
  new Promise((resolve, reject) => {
    if (!usesZlib) {
      randomFill(Buffer.alloc(2_000), (error) => (error ? reject(error) : resolve()));
      return;
    }
    deflate('some text '.repeat(2_000), (error, packed) => {
      if (error) reject(error);
      else inflate(packed, (failed) => (failed ? reject(failed) : resolve()));
    });
  });

async function record(round) {
  if (!addon.acquire()) throw new Error('somebody holds the slot');
  const detail = ['stacks', 'blocks', 'stacks', 'counters'][round % 4];
  const failed = addon.startNative(detail, 8 + (round % 3) * 12, true, round % 4 === 2);
  if (failed !== undefined) throw new Error(failed.unavailable);
  compileAndDeoptimise(round);
  buffers();
  wasm();
  exceptions();
  builtins();
  await inPool();
  if (round % 7 === 0) addon.collectGarbage('full');
  addon.readNativeSites('live');
  const reading = addon.readNative();
  if (!(reading.allocatedCount > 0)) throw new Error('nothing was recorded');
  const profile = addon.stopNative();
  addon.release();
  found.recordings++;
  if (profile === undefined) return;
  found.stacks += profile.nodes.length;
  found.unnamed += profile.unnamedCount;
  found.mistaken += profile.mistakenCount;
  if (!profile.hasInnermostLines) found.noLines++;
}

async function profileBeside() {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  await record(0);
  await session.post('Profiler.stop');
  session.disconnect();
}

function startWorker(ms, endsByItself) {
  const worker = new Worker(fileURLToPath(import.meta.url), {
    workerData: { seconds: ms / 1_000, endsByItself },
  });
  found.workers++;
  return worker;
}

/** One ends by itself, the other in the middle of what it does. */
async function runWorkers() {
  const finished = startWorker(300, true);
  const terminated = startWorker(60_000, false);
  const ended = new Promise((resolve, reject) => {
    finished.once('error', reject);
    finished.once('exit', resolve);
  });
  await new Promise((resolve) => setTimeout(resolve, 120));
  await record(2);
  await terminated.terminate();
  await ended;
}

let round = 0;
while (performance.now() < end) {
  await record(round);
  if (isMainThread && round % 6 === 3) await runWorkers();
  if (isMainThread && round % 9 === 5) spawnSync(process.execPath, ['-e', '0']);
  if (isMainThread && round % 11 === 7) await profileBeside();
  round++;
}
if (isMainThread) {
  const { slotCount, refusedCount } = addon.nativeHooks();
  console.log(JSON.stringify({ ...found, slotCount, refusedCount }));
} else {
  parentPort.postMessage(found);
}
