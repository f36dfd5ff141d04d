// Naming who asks for native memory, in time and memory, beside heaptrack on the same program.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runProgram } from '../tools/program.mjs';
import { median } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const AIM_RATIO = 3;
const PROGRAM = join(import.meta.dirname, 'program.mjs');

/** The program's own answer while heaptrack records it; undefined without heaptrack. */
function underHeaptrack(args) {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-heaptrack-'));
  try {
    const { status, error, stdout } = spawnSync(
      'heaptrack',
      ['--raw', '-o', join(folder, 'record'), process.execPath, PROGRAM, ...args],
      { encoding: 'utf8', timeout: 300_000 },
    );
    if (error?.code === 'ENOENT') return undefined;
    if (error) throw error;
    // It prints lines of its own before and after.
    const line = stdout.split('\n').find((text) => text.startsWith('{"ms"'));
    if (line === undefined) throw new Error(`heaptrack ended with exit code ${status}`);
    return JSON.parse(line);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @param {{ quick: boolean }} options */
export function heaptrack({ quick }) {
  const rounds = quick ? '5' : '20';
  const repeats = quick ? 3 : 7;
  const subjects = {
    alone: () => runProgram(PROGRAM, ['alone', rounds]),
    'highwater, JavaScript': () => runProgram(PROGRAM, ['stacks', rounds]),
    'highwater, native too': () => runProgram(PROGRAM, ['native', rounds]),
    heaptrack: () => underHeaptrack(['alone', rounds]),
  };
  const answers = Object.fromEntries(Object.keys(subjects).map((name) => [name, []]));
  for (let i = 0; i < repeats; i++) {
    for (const [name, run] of Object.entries(subjects)) {
      const found = run();
      if (found !== undefined) answers[name].push(found);
    }
  }
  const of = (name, key) => median(answers[name].map((found) => found[key]));
  const names = Object.keys(subjects).filter((name) => answers[name].length > 0);
  const rows = names.map((name) => ({
    name,
    ms: of(name, 'ms'),
    ratio: of(name, 'ms') / of('alone', 'ms'),
    peakBytes: of(name, 'peakBytes'),
    functions: of(name, 'functions'),
  }));
  const [alone, ...others] = rows;
  const theirs = others.find(({ name }) => name === 'heaptrack');
  const ours = others[0];
  const cost = (row, key) => row[key] - alone[key];
  return {
    rows,
    text: table(
      ['', 'ms', 'ratio', 'peak MB', 'functions of 4'],
      rows.map(({ name, ms, ratio, peakBytes, functions }) => [
        name,
        figure(ms),
        times(ratio),
        figure(peakBytes / 1e6),
        name === 'alone' ? '-' : String(functions),
      ]),
    ),
    notes: [
      'Medians. The time is that of the program itself, naming included for highwater and not for heaptrack,',
      'which names afterwards; heaptrack knows no functions of JavaScript.',
      ...(theirs
        ? []
        : ["heaptrack is not installed: Debian's package is called so, too."]),
    ],
    aims: theirs
      ? [
          ['time', 'ms'],
          ['memory', 'peakBytes'],
        ].map(([what, key]) => ({
          aim: `a ${AIM_RATIO}rd of what heaptrack adds in ${what}`,
          figure: times(cost(theirs, key) / cost(ours, key)),
          isMet: cost(theirs, key) >= AIM_RATIO * cost(ours, key),
        }))
      : [],
  };
}
