// memlab on a heap snapshot in a file: what one object retains, and what holds it.
//
//   node analyse.mjs <file> <id>

import { readFileSync } from 'node:fs';
import core from '@memlab/core';
import analysis from '@memlab/heap-analysis';
import { answer } from '../../tools/program.mjs';

core.config.muteConsole = true;
const log = console.log;
console.log = () => {};
/** RSS in bytes: `VmRSS` now, `VmHWM` at most. */
const rss = (field) =>
  Number(
    new RegExp(`${field}:\\s+(\\d+)`).exec(readFileSync('/proc/self/status', 'utf8'))[1],
  ) * 1024;

const [file, id] = process.argv.slice(2);
const before = rss('VmRSS');
const start = performance.now();
const heap = await analysis.getFullHeapFromFile(file);
const node = heap.getNodeById(Number(id));
const result = { retainedBytes: node.retainedSize, isHeld: node.hasPathEdge };
const ms = performance.now() - start;
console.log = log;
answer({ ...result, ms, peakBytes: rss('VmHWM') - before });
