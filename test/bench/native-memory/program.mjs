// The same work while native memory is not recorded, and recorded in each of its details.

import { createHash } from 'node:crypto';
import { createRequire } from 'node:module';
import { gzipSync } from 'node:zlib';
import { loadNative } from '@highwater/native';
import { interleave } from '../tools/interleave.mjs';
import { answer } from '../tools/program.mjs';

const [, , name, rounds, victim] = process.argv;
const { pairs } = createRequire(import.meta.url)(victim);

const PAIRS = 200_000;
const DOCUMENT = JSON.stringify(
  Array.from({ length: 500 }, (_, id) => ({ id, tags: ['a', 'b'] })),
);
const TEXT = 'some text '.repeat(1_000);
const repeat = (times, fn) => () => {
  for (let i = 0; i < times; i++) fn();
};

const WORK = {
  'malloc and free': () => pairs(PAIRS),
  'JSON.parse': repeat(40, () => JSON.parse(DOCUMENT)),
  'pooled Buffers': repeat(20_000, () => Buffer.from('some text')),
  gzip: repeat(30, () => gzipSync(TEXT)),
  createHash: repeat(800, () => createHash('sha256').update('x').digest()),
};
const work = WORK[name];

const addon = loadNative();
addon.acquire();
addon.pinTier();
for (let i = 0; i < 5; i++) work();

const recorded = (detail, depth, withNativeFrames) => () => {
  const failed = addon.startNative(detail, depth, false, withNativeFrames);
  if (failed !== undefined) throw new Error(failed.unavailable);
  work();
  return work;
};
const off = () => {
  addon.stopNative();
  work();
  return work;
};
const samples = interleave(Number(rounds), {
  off,
  counters: recorded('counters'),
  blocks: recorded('blocks'),
  stacks8: recorded('stacks', 8),
  stacks16: recorded('stacks', 16),
  stacks32: recorded('stacks', 32),
  native: recorded('stacks', 32, true),
  // The same as the first: after stopping, nothing may be left.
  offAgain: off,
});
addon.release();
answer({ pairs: name === 'malloc and free' ? PAIRS : 0, ...samples });
