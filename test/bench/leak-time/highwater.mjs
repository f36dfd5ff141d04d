// toNotLeak on one victim, twice in a process: as the first test, and as a later one.

import { matchers } from '@highwater/core';
import { answer } from '../tools/program.mjs';
import { victimNamed } from '../victims/index.mjs';

const victim = victimNamed(process.argv[2]);

function check() {
  const fn = victim.make();
  const start = performance.now();
  const { pass, message } = matchers.toNotLeak.call({}, fn);
  // A failure is worth its text: finding and mapping the lines is part of it.
  if (!pass) message();
  return { leaks: !pass, ms: performance.now() - start };
}

answer({ ...check(), again: check() });
