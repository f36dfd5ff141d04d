// leakage on one victim, with its defaults: 6 heap diffs of 30 calls each.

import leakage from 'leakage';
import { answer } from '../../tools/program.mjs';
import { victimNamed } from '../../victims/index.mjs';

const fn = victimNamed(process.argv[2]).make();
const start = performance.now();
let leaks = false;
try {
  leakage.iterate(fn);
} catch (error) {
  if (error.name !== 'MemoryLeakError') throw error;
  leaks = true;
}
answer({ leaks, ms: performance.now() - start });
