// Objects of one size, allocated plainly, counted, and watched for survivors.

import { loadNative } from '@highwater/native';
import { interleave } from '../tools/interleave.mjs';
import { answer } from '../tools/program.mjs';

const OBJECTS = 10_000;
const STACK_DEPTH = 64;
/** Map, properties, elements, and 16 bytes that a literal has beside its fields. */
const OBJECT_HEADER_BYTES = 40;
const FIELD_BYTES = 8;

const bytes = Number(process.argv[2]);
const rounds = Number(process.argv[3]);

/** What makes one object of `bytes` bytes: a boxed number, or a literal with fields. */
function expression() {
  if (bytes < OBJECT_HEADER_BYTES) return 'i + 0.5';
  const fields = Math.round((bytes - OBJECT_HEADER_BYTES) / FIELD_BYTES);
  return `{ ${Array.from({ length: fields }, (_, index) => `f${index}: 0`).join(', ')} }`;
}

function looping(body) {
  return new Function(
    `const slot = [null];
    return () => { for (let i = 0; i < ${OBJECTS}; i++) ${body}; };`,
  )();
}

const allocate = looping(`slot[0] = ${expression()}`);
const idle = looping('slot[0] = null');

const addon = loadNative();
addon.acquire();
addon.pinTier();

const from = (run) => () => {
  addon.collectGarbage('full');
  return run;
};

addon.call(allocate, 20);
addon.call(idle, 20);
addon.collectGarbage('full');
const { allocatedBytes } = addon.callInByteWindow(allocate, 1);
const samples = interleave(rounds, {
  idle: from(() => addon.call(idle, 1)),
  plain: from(() => addon.call(allocate, 1)),
  counted: from(() => addon.callSampled(allocate, 1, STACK_DEPTH)),
  survivors: from(() => {
    addon.startSampling('live', STACK_DEPTH);
    addon.call(allocate, 1);
    addon.readSampling();
    addon.stopSampling();
  }),
});
addon.release();
answer({ objects: OBJECTS, bytesPerObject: allocatedBytes / OBJECTS, ...samples });
