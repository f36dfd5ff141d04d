// The lab in short: unchanged packages never fail, two percent more always do.

import { beforeAll, expect, it } from 'vitest';
import { falseAlarms, type Judge, loadJudge } from '../lab/judge.mjs';
import { labProject, type Records, recordAll } from '../lab/records.mjs';
import type { Project } from '../tools/project.mjs';

const SUBJECTS = [
  'acorn tokenizes',
  'ajv accepts',
  'JSON.parse',
  'mustache renders',
  'closures',
];
const metrics = ['allocatedBytes', 'allocatedCount', 'retainedBytes'];
const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

let judge: Judge;
let project: Project;
let first: Records;
const record = (
  extra: Readonly<Record<string, number>> = {},
  args: readonly string[] = [],
) => recordAll(project, { only: SUBJECTS, metrics, node, extra, args });

beforeAll(async () => {
  ({ judge } = await loadJudge());
  project = labProject('short');
  first = await record();
});

it('unchanged code is equal, in another order and another pool', async () => {
  expect(Object.keys(first).sort()).toEqual([...SUBJECTS].sort());
  const runs = [
    { how: 'first', records: first },
    {
      how: 'shuffled',
      records: await record({}, ['--sequence.shuffle', '--sequence.seed=7']),
    },
    { how: 'threads', records: await record({}, ['--pool=threads']) },
  ];
  const { compared, alarms } = falseAlarms(judge, runs);
  expect(compared).toBe(SUBJECTS.length * 6);
  expect(alarms).toEqual([]);
});

it('two percent more is a regression', async () => {
  const extra = Object.fromEntries(
    Object.entries(first).map(([name, { heap }]) => [
      name,
      Math.ceil(((heap.allocatedBytes?.value ?? 0) * 0.02) / 56),
    ]),
  );
  const more = await record(extra);
  const verdicts = Object.entries(first).map(([name, before]) => {
    const now = more[name];
    return [name, now && judge(before, now).verdict];
  });
  expect(Object.fromEntries(verdicts)).toEqual(
    Object.fromEntries(SUBJECTS.map((name) => [name, 'regressed'])),
  );
});
