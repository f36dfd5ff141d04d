// Measures victims in a fresh process and prints what came out as one line of JSON.
//
//   node run-victim.mjs --what <what> --victim <name>... [--limit <limit>...]
//                       [--options <JSON>] [--hot] [--after-others <count>]
//
// what: `measure`, `leaks` or the name of a matcher. Victims are measured in the order
// given; the result has one entry for each victim, or for each victim and limit.

import { writeSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { findLeaks, matchers, measure } from '@highwater/core';
import * as allocators from './programs/allocators.mjs';
import * as bounded from './programs/bounded.mjs';
import * as eventLoop from './programs/event-loop.mjs';
import * as garbage from './programs/garbage.mjs';
import * as leaks from './programs/leaks.mjs';
import * as leaksInCollections from './programs/leaks-in-collections.mjs';
import * as leaksOfBuiltins from './programs/leaks-of-builtins.mjs';
import * as leaksOfTime from './programs/leaks-of-time.mjs';
import { manyLines } from './programs/many-lines.mjs';
import * as nativeMemory from './programs/native.mjs';
import * as noLeaks from './programs/no-leaks.mjs';
import * as peaks from './programs/peaks.mjs';
import * as prebuilt from './programs/prebuilt.mjs';
import * as waiting from './programs/waiting.mjs';

const { values: options } = parseArgs({
  options: {
    what: { type: 'string' },
    victim: { type: 'string', multiple: true },
    limit: { type: 'string', multiple: true, default: [] },
    options: { type: 'string', default: '{}' },
    hot: { type: 'boolean', default: false },
    'after-others': { type: 'string', default: '0' },
  },
});

const factories = {};
for (const program of [
  allocators,
  bounded,
  eventLoop,
  garbage,
  leaks,
  leaksInCollections,
  leaksOfBuiltins,
  leaksOfTime,
  nativeMemory,
  { manyLines },
  noLeaks,
  peaks,
  prebuilt,
  waiting,
]) {
  for (const [name, factory] of Object.entries(program)) {
    if (name in factories) throw new Error(`two victims are called ${name}`);
    factories[name] = factory;
  }
}
const runOptions = JSON.parse(options.options);
/** Enough for the optimising compiler, within calls and within a loop. */
const HOT_CALLS = 5_000;
const OTHERS = ['strings', 'mapEntries', 'instances', 'generators'];

async function measureOthers(count) {
  const names = OTHERS.filter((name) => !options.victim.includes(name));
  for (let i = 0; i < count; i++) {
    const fn = factories[names[i % names.length]]();
    if (i % 3 === 2) findLeaks(fn);
    else measure(fn, { rounds: 2 });
  }
}

async function judge(fn) {
  const limits = options.limit.map((limit) => [Number(limit)]);
  const results = [];
  for (const args of limits.length > 0 ? limits : [[]]) {
    const result = await matchers[options.what].call({}, fn, ...args, runOptions);
    results.push({ pass: result.pass, message: result.message() });
  }
  return results;
}

const actions = {
  measure: async (fn) => [await measure(fn, runOptions)],
  leaks: async (fn) => [await findLeaks(fn, runOptions)],
};

await measureOthers(Number(options['after-others']));
const results = [];
for (const name of options.victim) {
  const fn = factories[name]();
  if (options.hot) for (let i = 0; i < HOT_CALLS; i++) fn();
  results.push(...(await (actions[options.what] ?? judge)(fn)));
}
writeSync(1, `${JSON.stringify(results)}\n`);
// Timers and promises that a victim keeps would keep the process.
process.exit(0);
