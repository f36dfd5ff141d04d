// Naming who asks for native memory, in time and memory, beside heaptrack on the same program.

import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { measureProcess } from '@highwater/core';
import { runProgram } from '../tools/program.mjs';
import { median } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const AIM_RATIO = 3;
const PROGRAM = join(import.meta.dirname, 'program.mjs');

/** How heaptrack says to go on from what it has recorded: a program that unpacks, the record, and one that names. */
const NEXT_STEP = /^\s*(\S+) -dc < "([^"]+)" \| (\S+)/m;

/** The program's own answer while heaptrack records it, and what naming took then; undefined without heaptrack. */
async function underHeaptrack(args) {
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
    const next = NEXT_STEP.exec(stdout);
    if (line === undefined || next === null) {
      throw new Error(`heaptrack ended with exit code ${status}`);
    }
    const [, unpacker, record, interpreter] = next;
    const recording = JSON.parse(line);
    const naming = await named(unpacker, record, interpreter);
    return {
      ...recording,
      namedMs: recording.ms + naming.durationMs,
      // Without --raw both run at once.
      namedPeakBytes: recording.peakBytes + naming.peakRssBytes,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function named(unpacker, record, interpreter) {
  const unpacking = spawn(unpacker, ['-dc', record], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const naming = spawn(interpreter, [], {
    stdio: [unpacking.stdout, 'ignore', 'ignore'],
  });
  const measured = await measureProcess(naming);
  if (measured.exitCode !== 0 || typeof measured.peakRssBytes !== 'number') {
    throw new Error(`${interpreter} ended with exit code ${measured.exitCode}`);
  }
  return measured;
}

/** @param {{ quick: boolean }} options */
export async function heaptrack({ quick }) {
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
      const found = await run();
      if (found !== undefined) answers[name].push(found);
    }
  }
  const of = (name, key) => median(answers[name].map((found) => found[key]));
  const [alone, ...others] = Object.keys(subjects)
    .filter((name) => answers[name].length > 0)
    .map((name) => rowOf(name, (key) => of(name, key)));
  const recorded = others.find(({ name }) => name === 'heaptrack');
  const theirs = recorded && {
    name: 'heaptrack, named',
    ms: of('heaptrack', 'namedMs'),
    peakBytes: of('heaptrack', 'namedPeakBytes'),
    functions: recorded.functions,
  };
  const rows = [alone, ...others, ...(theirs ? [theirs] : [])];
  const [ours] = others;
  const cheaper = (row, key) => (row[key] - alone[key]) / (ours[key] - alone[key]);
  return {
    rows,
    text: table(
      ['', 'ms', 'ratio', 'peak MB', 'functions of 4'],
      rows.map(({ name, ms, peakBytes, functions }) => [
        name,
        figure(ms),
        times(ms / alone.ms),
        figure(peakBytes / 1e6),
        name === 'alone' ? '-' : String(functions),
      ]),
    ),
    notes: [
      "Medians. highwater's rows have the names; heaptrack records, and another program finds the names then:",
      'its time and its memory are added. It knows no functions of JavaScript.',
      ...(theirs
        ? []
        : ["heaptrack is not installed: Debian's package is called so, too."]),
    ],
    aims: theirs
      ? [
          ['time', 'ms'],
          ['memory', 'peakBytes'],
        ].map(([what, key]) => ({
          aim: `a ${AIM_RATIO}rd of what heaptrack adds in ${what}, for names`,
          figure: `${times(cheaper(theirs, key))} (without names: ${times(cheaper(recorded, key))})`,
          isMet: cheaper(theirs, key) >= AIM_RATIO,
        }))
      : [],
  };
}

function rowOf(name, of) {
  return { name, ms: of('ms'), peakBytes: of('peakBytes'), functions: of('functions') };
}
