// What a window around a test counts of native memory when V8 compiles much in it. Prints one line of JSON.

import { loadNative } from '@highwater/native';

const FUNCTIONS = 60;
const BUFFER_BYTES = 10_000_000;

const body = (index) =>
  `let sum = 0; for (let i = 0; i < 3000; i++) { sum += (list[i % list.length] * ${index + 1}) ^ i; if (sum > 1e9) sum %= 1000; } return sum;`;
const functions = Array.from(
  { length: FUNCTIONS },
  (_, index) => `(list) => { ${body(index)} }`,
);

const addon = loadNative();
addon.openTestWindow('counters', 0, 'young', 0);
const compiled = new Function(`return [${functions.join(', ')}];`)();
for (let time = 0; time < 30; time++) for (const fn of compiled) fn([1, 2, 3, 4]);
const buffer = Buffer.alloc(BUFFER_BYTES);
const { native } = addon.closeTestWindow();
console.log(
  JSON.stringify({ bytes: native.allocatedBytes, bufferBytes: buffer.byteLength }),
);
