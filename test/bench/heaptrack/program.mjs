// A program that asks for native memory in many ways, alone or while highwater names who asks.
//
//   node program.mjs <alone|stacks|native> <rounds>

import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { loadNative } from '@highwater/native';
import { answer } from '../tools/program.mjs';

const [, , mode, rounds] = process.argv;
const TEXT = 'some text '.repeat(1_000);
const DOCUMENT = JSON.stringify(
  Array.from({ length: 500 }, (_, id) => ({ id, tags: ['a', 'b'] })),
);

function compress() {
  for (let i = 0; i < 20; i++) gzipSync(TEXT);
}
function digest() {
  for (let i = 0; i < 500; i++) createHash('sha256').update('x').digest();
}
function copy() {
  for (let i = 0; i < 2_000; i++) new Uint8Array(5_000);
}
function parse() {
  for (let i = 0; i < 20; i++) JSON.parse(DOCUMENT);
}
function work() {
  compress();
  digest();
  copy();
  parse();
}

work();
const addon = mode === 'alone' ? undefined : loadNative();
addon?.acquire();
const start = performance.now();
addon?.startNative('stacks', 32, true, mode === 'native');
for (let i = 0; i < Number(rounds); i++) work();
addon?.readNativeSites('allocated');
const profile = addon?.stopNative();
const ms = performance.now() - start;
const found = new Set();
for (let [node, bytes] of (profile?.bytes[0] ?? []).entries()) {
  for (; bytes > 0 && node > 0; node = profile.nodes[node].parent) {
    found.add(profile.nodes[node].functionName);
  }
}
const functions = [compress, digest, copy, parse].filter(({ name }) => found.has(name));
answer({
  ms,
  peakBytes: process.resourceUsage().maxRSS * 1_024,
  functions: functions.length,
});
