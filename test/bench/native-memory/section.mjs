// What recording native memory costs the code that is recorded, by detail.

import { join } from 'node:path';
import { buildVictimAddon } from '../../victims/native/build.mjs';
import { runProgram } from '../tools/program.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { table } from '../tools/table.mjs';

const MODES = [
  'counters',
  'blocks',
  'stacks8',
  'stacks16',
  'stacks32',
  'native',
  'offAgain',
];
const WORKLOADS = ['JSON.parse', 'pooled Buffers', 'gzip', 'createHash'];
const AIM_RATIO = 1.05;
const AIM_NS = 25;

/** @param {{ quick: boolean }} options */
export function nativeMemory({ quick }) {
  const program = join(import.meta.dirname, 'program.mjs');
  const addon = buildVictimAddon();
  const rounds = quick ? '7' : '21';
  const run = (name) => runProgram(program, [name, rounds, addon]);
  const pairs = run('malloc and free');
  const ns = (mode) => (median(pairs[mode]) * 1e6) / pairs.pairs;
  const rows = WORKLOADS.map((name) => {
    const ms = run(name);
    const ratios = MODES.map((mode) => [mode, medianRatio(ms[mode], ms.off)]);
    return { name, ...Object.fromEntries(ratios) };
  });
  const counters = median(rows.map((row) => row.counters));
  const pairRow = { name: 'malloc and free, ns', off: ns('off') };
  for (const mode of MODES) pairRow[mode] = ns(mode);
  return {
    rows: [pairRow, ...rows],
    text: table(
      [
        '',
        'off',
        'counters',
        'blocks',
        'stacks 8',
        '16',
        '32',
        '32 + native',
        'off again',
      ],
      [
        [
          'malloc(64) and free, ns',
          ...['off', ...MODES].map((mode) => ns(mode).toFixed(1)),
        ],
        ...rows.map((row) => [
          row.name,
          '1',
          ...MODES.map((mode) => row[mode].toFixed(2)),
        ]),
      ],
    ),
    notes: [
      'Baseline tier; workloads as medians of the ratios of neighbouring runs. Matchers use',
      'counters and blocks; stacks are recorded to explain a failure only.',
    ],
    aims: [
      {
        aim: `counters on workloads: <= ${AIM_RATIO}`,
        figure: counters.toFixed(3),
        isMet: counters <= AIM_RATIO,
      },
      {
        aim: `counters for a pair of malloc and free: <= ${AIM_NS} ns`,
        figure: `${ns('counters').toFixed(1)} ns`,
        isMet: ns('counters') <= AIM_NS,
      },
    ],
  };
}
