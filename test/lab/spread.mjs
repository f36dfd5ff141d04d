// How far apart are the numbers of tracked tests that nobody has changed? What the tolerances of
// `highwater gate --against` stand on.
//
//   node test/lab/spread.mjs                       12 runs of a suite in each runner
//   node test/lab/spread.mjs --runs 50 --busy      more, beside processes that take all cores
//   node test/lab/spread.mjs --runner jest --json out.json

import { spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { cleanEnv, makeProject, root, runnerBinary } from '../tools/project.mjs';
import { keepBusy } from './records.mjs';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: '12' },
    runner: { type: 'string', multiple: true, default: ['vitest', 'jest'] },
    busy: { type: 'boolean', default: false },
    node: { type: 'string', default: process.execPath },
    json: { type: 'string' },
  },
});

const FILES = 4;
const METRICS = ['allocatedBytes', 'peakBytes', 'nativeAllocatedBytes'];
/** Bytes allocated, lower ends of classes. */
const CLASSES = [0, 1e6, 5e6, 20e6, 60e6];

/** Everyday work of several sizes; what is compiled on the way is part of it, as in a user's tests. */
function fileText(file) {
  return `import { expect, it } from './runner';
import { gunzipSync, gzipSync } from 'node:zlib';
import { parse } from 'acorn';
import Ajv from 'ajv';

const rows = Array.from({ length: 2_000 }, (_, id) => ({ id, name: 'person ' + id, tags: ['a', 'b'] }));
const json = JSON.stringify(rows);
const code = rows.slice(0, 200).map(({ id }) => 'export const f' + id + ' = (a, b = ' + id + ') => [a, b].map((x) => x * 2);').join('\\n');
const work: Record<string, () => unknown> = {
  'reads JSON': () => JSON.parse(json),
  'writes JSON': () => JSON.stringify(rows),
  'parses code': () => parse(code, { ecmaVersion: 2022, sourceType: 'module' }),
  'packs': () => gunzipSync(gzipSync(json)).length,
  'maps rows': () => rows.map((row) => ({ ...row, key: row.name + '#' + row.id })),
  'groups rows': () => new Map(rows.map((row) => [row.name, [row]])),
  'makes a schema': () => new Ajv().compile({ type: 'array', items: { type: 'object', properties: { id: { type: 'number' } } } })(rows),
  'joins texts': () => rows.reduce((text, row) => text + row.name, '').split(' ').length,
};
const all = Object.entries(work);
for (const calls of [1, 5, 20, 60]) {
  for (let index = 0; index < all.length; index++) {
    const [name, run] = all[(index + ${file} * 3) % all.length]!;
    it(name + ' ' + calls + ' times', async () => {
      for (let call = 1; call < calls; call++) run();
      await null;
      expect(run()).toBeTruthy();
    });
  }
}
`;
}

function projectOf(runner) {
  const project = makeProject({
    dir: join(root, '.e2e', `unchanged-${runner}`),
    runner,
    fixtures: join(root, 'test/e2e/fixtures/tracking', runner),
  });
  for (let file = 0; file < FILES; file++) {
    writeFileSync(join(project.dir, `spread-${file}.test.ts`), fileText(file));
  }
  return project;
}

const ARGS = {
  vitest: ['run', '--root=.', 'spread'],
  jest: ['--rootDir=.', '--watchman=false', '--maxWorkers=2', 'spread'],
};

function runOnce(project) {
  const { status, stderr } = spawnSync(
    options.node,
    [runnerBinary(project), ...ARGS[project.runner]],
    {
      cwd: project.dir,
      encoding: 'utf8',
      env: cleanEnv({ E2E_TRACKING: JSON.stringify({ track: true }) }),
    },
  );
  if (status !== 0) throw new Error(stderr);
  const text = readFileSync(join(project.dir, '.highwater/run.json'), 'utf8');
  return JSON.parse(text).tests;
}

/** All values of each test and number. */
async function measured(runner) {
  const project = projectOf(runner);
  const values = new Map();
  for (let run = 0; run < Number(options.runs); run++) {
    const stop = options.busy ? keepBusy(availableParallelism()) : undefined;
    try {
      for (const { file, titles, measured } of runOnce(project)) {
        const key = `${runner} ${file} ${titles.join(' > ')}`;
        const of = values.get(key) ?? Object.fromEntries(METRICS.map((one) => [one, []]));
        for (const metric of METRICS) of[metric].push(measured[metric]);
        values.set(key, of);
      }
    } finally {
      stop?.();
    }
  }
  return values;
}

const at = (sorted, share) =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))];

/** Of every two runs, as a gate compares them: the second less the first. */
function differences(list) {
  return list.flatMap((a, index) => list.slice(index + 1).map((b) => Math.abs(b - a)));
}

const kB = (bytes) => Math.round(bytes / 1_000).toLocaleString('en');

const all = new Map();
for (const runner of options.runner) {
  for (const [key, of] of await measured(runner)) all.set(key, of);
}
if (options.json) writeFileSync(options.json, JSON.stringify(Object.fromEntries(all)));
for (const metric of METRICS) {
  console.log(`\n${metric}: differences of two runs, in kB, by the size of the number`);
  console.log('from MB  tests   median      99 %   largest   largest share');
  for (const [index, low] of CLASSES.entries()) {
    const high = CLASSES[index + 1] ?? Infinity;
    const lists = [...all.values()]
      .map((of) => of[metric])
      .filter((list) => list[0] >= low && list[0] < high);
    if (lists.length === 0) continue;
    const apart = lists.flatMap(differences).sort((a, b) => a - b);
    const shares = lists.map(
      (list) => Math.max(...differences(list)) / Math.max(1, list[0]),
    );
    console.log(
      [
        String(low / 1e6).padStart(7),
        String(lists.length).padStart(6),
        kB(at(apart, 0.5)).padStart(8),
        kB(at(apart, 0.99)).padStart(9),
        kB(apart.at(-1)).padStart(9),
        `${(Math.max(...shares) * 100).toFixed(1)} %`.padStart(15),
      ].join(' '),
    );
  }
}
