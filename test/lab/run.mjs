// The lab: does unchanged code ever fail, and what is the smallest change that always does?
//
//   npm run lab                      8 runs in every way
//   npm run lab -- --runs 50         more of them
//   npm run lab -- --only plain      one way: plain, shuffled, busy, alone, threads, vmThreads, vmForks
//   npm run lab -- --metrics allocatedBytes --metrics allocatedCount   these numbers only: a peak takes most of the time
//   npm run lab -- --subjects awaits --subjects streams   these only
//   npm run lab -- --json out.json   all records, too

import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { falseAlarms, loadJudge, spreads } from './judge.mjs';
import { keepBusy, labProject, recordAll } from './records.mjs';

const WAYS = {
  plain: {},
  shuffled: { shuffle: true },
  busy: { isBusy: true },
  alone: { isAlone: true },
  threads: { args: ['--pool=threads'] },
  vmThreads: { args: ['--pool=vmThreads'] },
  vmForks: { args: ['--pool=vmForks'] },
};
const SIZES = [0.01, 0.02, 0.05, 0.1];
const OBJECT_BYTES = 56;

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '8' },
    only: { type: 'string', multiple: true, default: Object.keys(WAYS) },
    subjects: { type: 'string', multiple: true },
    node: { type: 'string', default: process.execPath },
    metrics: { type: 'string', multiple: true },
    json: { type: 'string' },
    from: { type: 'string' },
    'no-sensitivity': { type: 'boolean', default: false },
  },
});
const { node, metrics } = options;
const { judge, kindOf } = await loadJudge();
const project = labProject('main');

/** Once in one way. */
async function runOnce(way, index) {
  const { args = [], shuffle = false, isBusy = false, isAlone = false } = WAYS[way];
  const stop = isBusy ? keepBusy(availableParallelism()) : undefined;
  try {
    const more = shuffle ? ['--sequence.shuffle', `--sequence.seed=${index}`] : [];
    const settings = { args: [...args, ...more], node, metrics, only: options.subjects };
    if (!isAlone) return await recordAll(project, settings);
    // A different part of the subjects each time: every process has one only.
    const names = Object.keys(runs[0]?.records ?? {});
    const chosen = names.filter((_, i) => i % 5 === index % 5);
    const records = {};
    for (const name of chosen) {
      const only = [name];
      Object.assign(records, await recordAll(project, { ...settings, only }));
    }
    return records;
  } finally {
    stop?.();
  }
}

const runs = [];
if (options.from === undefined) {
  for (const way of options.only) {
    for (let index = 0; index < Number(options.runs); index++) {
      const start = performance.now();
      runs.push({ how: `${way} ${index + 1}`, records: await runOnce(way, index) });
      const seconds = ((performance.now() - start) / 1000).toFixed(0);
      console.log(`${way} ${index + 1}: ${seconds} s`);
      if (options.json) writeFileSync(options.json, JSON.stringify(runs));
    }
  }
} else {
  runs.push(...JSON.parse(readFileSync(options.from, 'utf8')));
}

const { compared, alarms } = falseAlarms(judge, runs);
console.log(
  `\n## A/A: ${runs.length} runs, ${compared} comparisons, ${alarms.length} false alarms\n`,
);
for (const { name, from, to, ledger, metric, baseline, now, allowed } of alarms.slice(
  0,
  40,
)) {
  console.log(
    `  ${name}: ${ledger} ${metric} ${baseline.value} (${from}) -> ${now.value} (${to}), allowed ${allowed}`,
  );
}
console.log('| number | subjects | identical in every run | widest | largest share |');
console.log('| --- | --- | --- | --- | --- |');
for (const { key, subjects, exact, widest, largest } of spreads(runs)) {
  const unit = key.endsWith('Count') ? '' : ' B';
  const width = `${widest.width.toLocaleString('en-US')}${unit} (${widest.name})`;
  const share =
    largest === undefined ? '' : `${percent(largest.share)} (${largest.name})`;
  console.log(`| ${key} | ${subjects} | ${exact} | ${width} | ${share} |`);
}

if (!options['no-sensitivity']) await sensitivity(runs);
process.exitCode = alarms.length === 0 ? 0 : 1;

/** Adds objects to every subject and asks whether that is seen, against every run. */
async function sensitivity(baselines) {
  console.log('\n## Sensitivity: found in how many comparisons\n');
  console.log('| change | sync | promises only | event loop |');
  console.log('| --- | --- | --- | --- |');
  const [first] = baselines;
  for (const size of [...SIZES, 'one object']) {
    const extra = Object.fromEntries(
      Object.entries(first.records).map(([name, { heap }]) => {
        const bytes = heap.allocatedBytes.value;
        return [
          name,
          size === 'one object' ? 1 : Math.ceil((bytes * size) / OBJECT_BYTES),
        ];
      }),
    );
    const changed = await recordAll(project, {
      extra,
      node,
      metrics,
      only: options.subjects,
    });
    const found = { sync: [0, 0], async: [0, 0], waiting: [0, 0] };
    const missed = new Set();
    for (const { records } of baselines) {
      for (const [name, before] of Object.entries(records)) {
        if (changed[name] === undefined) continue;
        const isFound = judge(before, changed[name]).verdict === 'regressed';
        const kind = kindOf(before);
        found[kind][0] += isFound ? 1 : 0;
        found[kind][1] += 1;
        if (!isFound) missed.add(name);
      }
    }
    const label = size === 'one object' ? size : `+${size * 100} %`;
    const rates = [found.sync, found.async, found.waiting].map(rate);
    console.log(`| ${label} | ${rates.join(' | ')} |`);
    if (missed.size > 0) console.log(`  not always found: ${[...missed].join(', ')}`);
  }
}

function rate([found, of]) {
  return of === 0 ? 'none' : `${percent(found / of)} of ${of}`;
}

function percent(share) {
  return `${(share * 100).toFixed(share > 0 && share < 0.001 ? 3 : 1)} %`;
}
