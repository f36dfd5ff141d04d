// What counting costs per object, by the size of the object.

import { join } from 'node:path';
import { runProgram } from '../tools/program.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const SIZES = [16, 48, 64, 128, 256, 512, 1000];
const QUICK_SIZES = [16, 64, 256, 1000];

/** @param {{ quick: boolean }} options */
export function countingPass({ quick }) {
  const program = join(import.meta.dirname, 'program.mjs');
  const rows = (quick ? QUICK_SIZES : SIZES).map((size) => {
    const ms = runProgram(program, [String(size), quick ? '7' : '21']);
    const ns = (name) => (median(ms[name]) / ms.objects) * 1e6;
    return {
      bytesPerObject: ms.bytesPerObject,
      loopNs: ns('idle'),
      plainNs: ns('plain'),
      countedNs: ns('counted'),
      survivorsNs: ns('survivors'),
      countedRatio: medianRatio(ms.counted, ms.plain),
    };
  });
  return {
    rows,
    text: table(
      [
        'bytes/object',
        'empty loop',
        'plain',
        'counted',
        'for survivors',
        'counted/plain',
      ],
      rows.map((row) => [
        row.bytesPerObject.toFixed(1),
        figure(row.loopNs),
        figure(row.plainNs),
        figure(row.countedNs),
        figure(row.survivorsNs),
        times(row.countedRatio),
      ]),
    ),
    notes: [
      'ns per object, in a loop of 10,000 on the baseline tier; every column includes the loop.',
      '"counted" keeps what is collected in its profile (toAllocateFewerThan), "for survivors"',
      'drops it (toNotLeak, without its collections).',
    ],
    aims: [],
  };
}
