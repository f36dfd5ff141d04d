// How long `highwater gate` takes for a large suite, and how much memory, in a process of its own.

import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { median } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';
import { largeRun } from './suite.mjs';

const TESTS = 20_000;
const AIM_SECONDS = 3;
const AIM_MEGABYTES = 300;
const CLI = join(import.meta.dirname, '../../../packages/cli/dist/esm/index.js');

/**
 * Runs the command in a process that says what it took.
 * @param {readonly string[]} args
 */
export function gateProcess(args) {
  const program = `
    const { run } = await import(${JSON.stringify(CLI)});
    const code = await run(${JSON.stringify(args)}, process);
    const peakBytes = process.resourceUsage().maxRSS * 1024;
    console.error(JSON.stringify({ code, peakBytes, seconds: performance.now() / 1000 }));`;
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--input-type=module', '--eval', program],
    { encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 },
  );
  const [last = ''] = stderr.trim().split('\n').slice(-1);
  try {
    return { ...JSON.parse(last), stdout };
  } catch {
    throw new Error(`highwater ${args.join(' ')} failed:\n${stderr}`);
  }
}

/** @param {{ quick: boolean, log: (line: string) => void }} options */
export function gate({ quick, log }) {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-bench-'));
  const file = (name, options) => {
    const path = join(folder, `${name}.json`);
    writeFileSync(path, JSON.stringify(largeRun(TESTS, options)));
    return path;
  };
  try {
    const small = file('small', { sites: 0 });
    const before = file('before', {});
    const after = file('after', { factor: 9 });
    const cases = {
      'counters, limits': [small],
      'counters, --against': [small, '--against', small],
      'callsites, limits': [after],
      'callsites, --against': [after, '--against', before],
    };
    const rows = Object.entries(cases).map(([name, args]) => {
      log(name);
      const runs = Array.from({ length: quick ? 1 : 3 }, () =>
        gateProcess(['gate', ...args, '--no-ci']),
      );
      return {
        name,
        fileBytes: statSync(args[0]).size,
        seconds: median(runs.map((run) => run.seconds)),
        peakBytes: median(runs.map((run) => run.peakBytes)),
      };
    });
    // The last case is two files of 30 MB: a figure, no aim.
    const worst = (key) => Math.max(...rows.slice(0, -1).map((row) => row[key]));
    return {
      rows,
      text: table(
        ['20,000 tests', 'file MB', 's', 'peak RSS MB'],
        rows.map((row) => [
          row.name,
          figure(row.fileBytes / 1e6),
          figure(row.seconds),
          figure(row.peakBytes / 1e6),
        ]),
      ),
      aims: [
        {
          aim: `gate of ${TESTS} tests in ${AIM_SECONDS} s`,
          figure: times(worst('seconds') / AIM_SECONDS),
          isMet: worst('seconds') < AIM_SECONDS,
        },
        {
          aim: `gate of ${TESTS} tests in ${AIM_MEGABYTES} MB`,
          figure: times(worst('peakBytes') / AIM_MEGABYTES / 1e6),
          isMet: worst('peakBytes') < AIM_MEGABYTES * 1e6,
        },
      ],
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
