// The same calls of one victim, outside and inside the byte window, on the same tier.

import { loadNative } from '@highwater/native';
import { interleave } from '../tools/interleave.mjs';
import { answer } from '../tools/program.mjs';
import { victimNamed } from '../victims/index.mjs';

const WARM_CALLS = 60;

const victim = victimNamed(process.argv[2]);
const rounds = Number(process.argv[3]);
const targetMs = Number(process.argv[4]);

const addon = loadNative();
addon.acquire();
// Before anything is hot: nothing has to be thrown away.
addon.pinTier();

/** A fresh victim on a heap without garbage. */
function prepare() {
  const fn = victim.make();
  addon.call(fn, WARM_CALLS);
  addon.collectGarbage('full');
  return fn;
}

/** So many calls that a run takes at least `targetMs`. */
function callsPerRun() {
  for (let calls = 1; ; calls *= 2) {
    const fn = prepare();
    const start = performance.now();
    addon.call(fn, calls);
    if (performance.now() - start >= targetMs) return calls;
  }
}

const calls = callsPerRun();
const outside = () => {
  const fn = prepare();
  return () => addon.call(fn, calls);
};
const inside = () => {
  const fn = prepare();
  return () => addon.callInByteWindow(fn, calls);
};
// The same thing twice shows how much of a ratio is the machine.
const samples = interleave(rounds, { outside, inside, outsideAgain: outside });
addon.release();
answer({ calls, ...samples });
