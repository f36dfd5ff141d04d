// What watching the bytes costs the function that is watched.

import { join } from 'node:path';
import { runProgram } from '../tools/program.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { figure, table } from '../tools/table.mjs';
import { victims } from '../victims/index.mjs';

const AIM_RATIO = 1.05;

/** @param {{ quick: boolean }} options */
export function byteWindow({ quick }) {
  const program = join(import.meta.dirname, 'program.mjs');
  const settings = quick ? ['15', '5'] : ['41', '15'];
  const rows = victims.map(({ name }) => {
    const ms = runProgram(program, [name, ...settings]);
    return {
      victim: name,
      calls: ms.calls,
      outsideMedianMs: median(ms.outside),
      insideMedianMs: median(ms.inside),
      ratio: medianRatio(ms.inside, ms.outside),
      noiseRatio: medianRatio(ms.outsideAgain, ms.outside),
    };
  });
  const overall = median(rows.map((row) => row.ratio));
  return {
    rows,
    text: table(
      ['victim', 'calls', 'outside ms', 'inside ms', 'inside/outside', 'outside/outside'],
      rows.map((row) => [
        row.victim,
        String(row.calls),
        figure(row.outsideMedianMs),
        figure(row.insideMedianMs),
        row.ratio.toFixed(3),
        row.noiseRatio.toFixed(3),
      ]),
    ),
    notes: [
      'Baseline tier, the same loop of the addon around both; medians of the ratios of',
      'neighbouring runs. The last column is the same thing twice: the noise of this machine.',
    ],
    aims: [
      {
        aim: `byte window on the function's own run time: <= ${AIM_RATIO}`,
        figure: overall.toFixed(3),
        isMet: overall <= AIM_RATIO,
      },
    ],
  };
}
