// What highwater costs, as ratios to what it is compared with, side by side in one run.
// Figures, not tests: the exit code is 0 whether or not an aim is met.
//
//   npm run bench -- [--quick] [--json <file>] [--only <section>]
//
// --quick takes about a minute on an idle machine; all of it five to ten. memlab and leakage are installed
// into test/bench/peers on the first run; without them it goes on without them.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { byteWindow } from './byte-window/section.mjs';
import { countingPass } from './counting-pass/section.mjs';
import { fixedCost } from './fixed-cost/section.mjs';
import { gate } from './gate/section.mjs';
import { heapAnalysis } from './heap-analysis/section.mjs';
import { heaptrack } from './heaptrack/section.mjs';
import { leakTime } from './leak-time/section.mjs';
import { nativeMemory } from './native-memory/section.mjs';
import { suiteCost } from './suite-cost/section.mjs';
import { machine, machineText } from './tools/machine.mjs';
import { table } from './tools/table.mjs';

/**
 * @typedef {object} Section what a section returns
 * @property {readonly object[]} rows for --json
 * @property {string} text
 * @property {readonly string[]} [notes] how it was measured
 * @property {readonly { aim: string, figure: string, isMet: boolean }[]} aims
 */

const SECTIONS = {
  'fixed-cost': ['Fixed cost of a matcher, on an empty function', fixedCost],
  'leak-time': ['Time to a verdict about a leak', leakTime],
  'byte-window': ['Overhead of the byte window', byteWindow],
  'counting-pass': ['Cost of counting, per object', countingPass],
  'native-memory': ['Overhead of recording native memory', nativeMemory],
  heaptrack: ['Naming who asks for native memory, beside heaptrack', heaptrack],
  'heap-analysis': ['Time and memory to understand a heap', heapAnalysis],
  'suite-cost': ['Time of a suite with every test tracked', suiteCost],
  gate: ['Time and memory of highwater gate', gate],
};

const { values: options } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    json: { type: 'string' },
    only: { type: 'string', multiple: true },
  },
});
for (const name of options.only ?? []) {
  if (!(name in SECTIONS)) {
    console.error(`No section ${name}; there are ${Object.keys(SECTIONS).join(', ')}.`);
    process.exit(2);
  }
}

const about = machine();
console.log(machineText(about));

/** @type {Record<string, Section>} */
const results = {};
for (const [name, [title, section]] of Object.entries(SECTIONS)) {
  if (options.only && !options.only.includes(name)) continue;
  console.log(`\n${title} (${name})\n`);
  try {
    const result = await section({
      quick: options.quick,
      log: (line) => console.error(line),
    });
    results[name] = result;
    console.log([result.text, ...(result.notes ?? [])].join('\n'));
  } catch (error) {
    console.log(`failed: ${error.message}`);
    process.exitCode = 1;
  }
}

const aims = Object.values(results).flatMap((result) => result.aims);
if (aims.length > 0) {
  const rows = aims.map(({ aim, figure, isMet }) => [
    aim,
    figure,
    isMet ? 'met' : 'missed',
  ]);
  console.log(`\n${table(['aim', 'figure', ''], rows)}`);
}
if (options.json) {
  const file = { machine: about, quick: options.quick, sections: results };
  writeFileSync(options.json, `${JSON.stringify(file, null, 2)}\n`);
}
