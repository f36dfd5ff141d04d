// Everything at once that could bring the hooks down, for some seconds: recordings begin and end while
// code is optimised and thrown away, buffers, zlib's pool, WebAssembly, regular expressions, exceptions,
// structuredClone, workers that end in the middle, child processes, the inspector's profilers.
// Prints one line of JSON; any other end is a failure.
//
//   node program.mjs <seconds> [<which rounds run beside a profiler of the inspector: every n-th>]

import { spawnSync } from 'node:child_process';
import { createHash, randomFill } from 'node:crypto';
import { Session } from 'node:inspector/promises';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { isMainThread, parentPort, Worker, workerData } from 'node:worker_threads';
import { deflate, gzipSync, inflate } from 'node:zlib';
import { loadNative } from '../../native/index.cjs';
import { victimAddon } from '../victims/native/build.mjs';

const seconds = isMainThread ? Number(process.argv[2] ?? 10) : workerData.seconds;
/** Node aborts when a thread is terminated while it makes a stream of zlib ("close before init"). */
const usesZlib = isMainThread || workerData.endsByItself;
const end = performance.now() + seconds * 1_000;
const profileEvery = Number(process.argv[3] ?? 11);
const addon = loadNative();
const victim = createRequire(import.meta.url)(victimAddon);
const found = {
  recordings: 0,
  stacks: 0,
  unnamed: 0,
  mistaken: 0,
  unmatched: 0,
  misplaced: 0,
  noLines: 0,
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

const KNOWN_BLOCKS = 500;
/** Each. */
const EXCHANGED_BYTES = 1_000;

/** Known blocks, all freed: by this thread, and by another. */
function allocateKnown() {
  victim.pairs(KNOWN_BLOCKS);
}
function exchangeBlocks() {
  victim.exchange(100);
}

/** What the victim did for the function. Beside it V8 allocates: it compiles the function, say. */
function sumInAddon({ nodes }, functionName, column) {
  const isIn = [];
  let sum = 0;
  nodes.forEach(({ functionName: name, parent }, index) => {
    isIn[index] =
      isIn[parent] === true ||
      (name === '(Node-API)' && nodes[parent].functionName === functionName);
    if (isIn[index]) sum += column[index];
  });
  return sum;
}

function checkKnown(profile) {
  const [allocated, live] = profile.counts;
  const known = sumInAddon(profile, 'allocateKnown', allocated);
  found.misplaced += Math.abs(known - KNOWN_BLOCKS);
  found.unmatched += Math.abs(sumInAddon(profile, 'allocateKnown', live));
  // The C library keeps the stack of a thread that ended, with a small table, for the next.
  const heldBytes = sumInAddon(profile, 'exchangeBlocks', profile.bytes[1]);
  found.unmatched += Math.abs(Math.floor(heldBytes / EXCHANGED_BYTES));
}

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
  allocateKnown();
  exchangeBlocks();
  if (round % 7 === 0) addon.collectGarbage('full');
  addon.readNativeSites('allocated');
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
  checkKnown(profile);
}

/** The inspector's, each from its start to its end. */
const PROFILERS = [
  ['Profiler.enable', 'Profiler.start', 'Profiler.stop'],
  ['HeapProfiler.enable', 'HeapProfiler.startSampling', 'HeapProfiler.stopSampling'],
  [
    'Profiler.enable',
    'Profiler.startPreciseCoverage',
    'Profiler.takePreciseCoverage',
    'Profiler.stopPreciseCoverage',
  ],
  [
    'HeapProfiler.enable',
    'HeapProfiler.startTrackingHeapObjects',
    'HeapProfiler.stopTrackingHeapObjects',
  ],
];
const PARAMETERS = {
  'HeapProfiler.startSampling': { samplingInterval: 1_024 },
  'Profiler.startPreciseCoverage': { callCount: true, detailed: true },
};

async function profileBeside(turn) {
  const session = new Session();
  session.connect();
  const [enable, start, ...ends] = PROFILERS[turn % PROFILERS.length];
  await session.post(enable);
  await session.post(start, PARAMETERS[start]);
  // Each meets every detail.
  await record(turn + Math.floor(turn / PROFILERS.length));
  for (const end of ends) await session.post(end);
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
  finished.once('message', (theirs) => {
    for (const key of Object.keys(found)) found[key] += theirs[key];
  });
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
let profiled = 0;
while (performance.now() < end) {
  await record(round);
  if (isMainThread && round % 6 === 3) await runWorkers();
  if (isMainThread && round % 9 === 5) spawnSync(process.execPath, ['-e', '0']);
  if (isMainThread && round % profileEvery === 0) await profileBeside(profiled++);
  round++;
}
if (isMainThread) {
  const { slotCount, refusedCount } = addon.nativeHooks();
  console.log(JSON.stringify({ ...found, slotCount, refusedCount }));
} else {
  parentPort.postMessage(found);
}
