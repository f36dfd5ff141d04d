// What a matcher costs before the user's function costs anything.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject, root, runVitest } from '../../tools/project.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const LOOP = 'gc() + heapUsed loop';
const SMALL = 'toNotLeak, JSON.parse';
const AIM_MS = 100;

function sampleInVitest(rounds) {
  const project = makeProject({
    dir: join(root, '.e2e/bench'),
    runner: 'vitest',
    fixtures: join(import.meta.dirname, 'project'),
  });
  const file = join(project.dir, 'samples.json');
  const { tests, fileErrors } = runVitest(project, {
    env: { HIGHWATER_BENCH_ROUNDS: String(rounds), HIGHWATER_BENCH_FILE: file },
  });
  const problems = [...fileErrors, ...tests.map((test) => test.message)].filter(Boolean);
  if (problems.length > 0) throw new Error(problems.join('\n'));
  return JSON.parse(readFileSync(file, 'utf8'));
}

/** @param {{ quick: boolean }} options */
export function fixedCost({ quick }) {
  const samples = sampleInVitest(quick ? 7 : 25);
  const rows = Object.entries(samples).map(([name, ms]) => ({
    name,
    medianMs: median(ms),
    fastestMs: Math.min(...ms),
    ratioToLoop: medianRatio(ms, samples[LOOP]),
  }));
  const small = rows.find((row) => row.name === SMALL);
  return {
    rows,
    text: table(
      ['in a warm Vitest worker (forks)', 'median ms', 'fastest', 'to the loop'],
      rows.map((row) => [
        row.name,
        figure(row.medianMs),
        figure(row.fastestMs),
        times(row.ratioToLoop),
      ]),
    ),
    aims: [
      {
        aim: `toNotLeak on a small function, warm: < ${AIM_MS} ms`,
        figure: `${figure(small.medianMs)} ms`,
        isMet: small.medianMs < AIM_MS,
      },
    ],
  };
}
