// What tracking every test costs a whole suite: the same 500 tests with and without it, in turn, in each runner.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { cleanEnv, makeProject, root, runnerBinary } from '../../tools/project.mjs';
import { median, medianRatio } from '../tools/stats.mjs';
import { figure, table, times } from '../tools/table.mjs';

const AIM_RATIO = 1.03;
const FILES = 25;
const TESTS_PER_FILE = 20;
/** Calls per test: a few milliseconds, as tests take. */
const CALLS = 20;
const WAYS = ['plain', 'tracked'];
const SUBJECTS = 'test/lab/project/subjects.mjs';

/** Tests of everyday work: the lab's subjects, each file another part of them. */
function tests(file) {
  return `
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

/** One file of subjects in each: how long their packages take to load says nothing of tracking. */
const RUNNERS = {
  vitest: {
    bundle: { format: 'esm', outfile: 'subjects.mjs' },
    head: `import { afterAll, beforeAll, expect, it } from 'vitest';
import { close, open, subjects } from './subjects.mjs';
`,
    extension: 'mjs',
    args: (way) => ['run', '--root=.', `--config=${way}.config.mjs`],
    passed: ({ stdout }) => /Tests\s+(\d+) passed/.exec(stdout)?.[1],
  },
  jest: {
    bundle: {
      format: 'cjs',
      outfile: 'subjects.cjs',
      define: { 'import.meta.url': 'bundleUrl' },
      banner: {
        js: "const bundleUrl = require('node:url').pathToFileURL(__filename).href;",
      },
    },
    head: "const { close, open, subjects } = require('./subjects.cjs');\n",
    extension: 'cjs',
    args: (way) => ['--rootDir=.', '--watchman=false', `--config=${way}.config.cjs`],
    passed: ({ stderr }) => /Tests:\s+(\d+) passed/.exec(stderr)?.[1],
  },
};

function suite(runner) {
  const { bundle, head, extension } = RUNNERS[runner];
  const project = makeProject({
    dir: join(root, `.e2e/suite-cost-${runner}`),
    runner,
    fixtures: join(import.meta.dirname, 'project', runner),
  });
  buildSync({
    entryPoints: [join(root, SUBJECTS)],
    bundle: true,
    platform: 'node',
    ...(runner === 'vitest' && { packages: 'external' }),
    ...bundle,
    outfile: join(project.dir, bundle.outfile),
  });
  for (let file = 0; file < FILES; file++) {
    const name = `suite-${file}.test.${extension}`;
    writeFileSync(join(project.dir, name), `${head}${tests(file)}`);
  }
  return project;
}

function run(project, way) {
  const { args, passed } = RUNNERS[project.runner];
  const start = performance.now();
  const ended = spawnSync(process.execPath, [runnerBinary(project), ...args(way)], {
    cwd: project.dir,
    encoding: 'utf8',
    env: cleanEnv({}),
  });
  const ms = performance.now() - start;
  const count = Number(passed(ended));
  if (ended.status !== 0 || count !== FILES * TESTS_PER_FILE) {
    throw new Error(`${count} of the tests passed\n${ended.stdout}\n${ended.stderr}`);
  }
  return ms;
}

function timesOf(runner, rounds, log) {
  const project = suite(runner);
  // The first run of each fills the runner's caches.
  for (const way of WAYS) run(project, way);
  const taken = { plain: [], tracked: [] };
  for (let round = 0; round < rounds; round++) {
    log(`${runner}: round ${round + 1} of ${rounds}`);
    // Neither is always the second.
    const order = round % 2 === 0 ? WAYS : [...WAYS].reverse();
    for (const way of order) taken[way].push(run(project, way));
  }
  return { runner, ...taken, ratio: medianRatio(taken.tracked, taken.plain) };
}

/** @param {{ quick: boolean, log: (line: string) => void }} options */
export function suiteCost({ quick, log }) {
  const rounds = quick ? 2 : 10;
  const results = Object.keys(RUNNERS).map((runner) => timesOf(runner, rounds, log));
  const rows = results.map(({ runner, plain, tracked, ratio }) => [
    runner,
    figure(median(plain) / 1_000),
    figure(median(tracked) / 1_000),
    times(ratio),
  ]);
  return {
    rows: results,
    text: table(['', 'plain, median s', 'tracked, median s', 'ratio'], rows),
    notes: [
      `${FILES * TESTS_PER_FILE} tests in ${FILES} files, ${rounds} runs each, in turn; the ratio is the median of the pairs.`,
    ],
    aims: results.map(({ runner, ratio }) => ({
      aim: `a suite in ${runner} with every test tracked: ${AIM_RATIO}x of its time`,
      figure: `${ratio.toFixed(3)}x`,
      isMet: ratio <= AIM_RATIO,
    })),
  };
}
