// What tracking every test costs a whole suite: the same 500 tests in Vitest with and without it, in turn.

import { spawnSync } from 'node:child_process';
import { cpSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnv, makeProject, root, runnerBinary } from '../../tools/project.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const AIM_RATIO = 1.03;
const FILES = 25;
const TESTS_PER_FILE = 20;
/** Calls per test: a few milliseconds, as tests take. */
const CALLS = 20;
const WAYS = ['plain', 'tracked'];

/** Tests of everyday work: the lab's subjects, each file another part of them. */
function fileText(file) {
  return `import { afterAll, beforeAll, expect, it } from 'vitest';
import { close, open, subjects } from './subjects.mjs';

beforeAll(open);
afterAll(close);

const all = Object.entries(subjects);
for (let test = 0; test < ${TESTS_PER_FILE}; test++) {
  const [name, run] = all[(${file} * 7 + test) % all.length];
  it(\`\${name} (\${test})\`, async () => {
    for (let call = 1; call < ${CALLS}; call++) await run();
    expect(await run()).not.toBeNull();
  });
}
`;
}

function suite() {
  const project = makeProject({
    dir: join(root, '.e2e/suite-cost'),
    runner: 'vitest',
    fixtures: join(import.meta.dirname, 'project'),
  });
  cpSync(join(root, 'test/lab/project/subjects.mjs'), join(project.dir, 'subjects.mjs'));
  for (let file = 0; file < FILES; file++) {
    writeFileSync(join(project.dir, `suite-${file}.test.mjs`), fileText(file));
  }
  return project;
}

function run(project, way) {
  const start = performance.now();
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [runnerBinary(project), 'run', '--root=.', `--config=${way}.config.mjs`],
    { cwd: project.dir, encoding: 'utf8', env: cleanEnv({}) },
  );
  const ms = performance.now() - start;
  const passed = Number(/Tests\s+(\d+) passed/.exec(stdout)?.[1]);
  if (status !== 0 || passed !== FILES * TESTS_PER_FILE) {
    throw new Error(`${passed} of the tests passed\n${stdout}\n${stderr}`);
  }
  return ms;
}

/** @param {{ quick: boolean, log: (line: string) => void }} options */
export function suiteCost({ quick, log }) {
  const project = suite();
  // The first run of each fills the runner's caches.
  for (const way of WAYS) run(project, way);
  const rounds = quick ? 2 : 10;
  const taken = { plain: [], tracked: [] };
  for (let round = 0; round < rounds; round++) {
    log(`round ${round + 1} of ${rounds}`);
    // Neither is always the second.
    const order = round % 2 === 0 ? WAYS : [...WAYS].reverse();
    for (const way of order) taken[way].push(run(project, way));
  }
  const ratio = medianRatio(taken.tracked, taken.plain);
  const rows = WAYS.map((way) => [way, figure(median(taken[way]) / 1_000)]);
  return {
    rows: [taken],
    text: `${table(['', 'median s'], rows)}\n${times(ratio)}`,
    notes: [
      `${FILES * TESTS_PER_FILE} tests in ${FILES} files, ${rounds} runs each, in turn; the ratio is the median of the pairs.`,
    ],
    aims: [
      {
        aim: `a suite with every test tracked: ${AIM_RATIO}x of its time`,
        figure: `${ratio.toFixed(3)}x`,
        isMet: ratio <= AIM_RATIO,
      },
    ],
  };
}
