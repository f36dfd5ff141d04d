// Runs the examples in the real runners: tests that pass, and tests that fail on
// purpose, with the text that a person would see. Ends with an error unless exactly
// the expected tests fail.
//
//   npm run example

import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { styleText } from 'node:util';
import { writeResults } from '../test/tools/results.mjs';

const here = dirname(fileURLToPath(import.meta.url));

// Beside the runner's own reporter, one of ours leaves the results: the runners' JSON
// reporters would print where.
const reporter = (runner) => join(here, `reporters/${runner}.cjs`);

const RUNNERS = {
  vitest: {
    bin: 'vitest/vitest.mjs',
    args: (folder) => [
      ...['run', '--dir', folder],
      ...['--reporter=default', `--reporter=${reporter('vitest')}`],
    ],
  },
  jest: {
    bin: 'jest/bin/jest.js',
    args: (folder) => [
      ...['--roots', folder, '--verbose'],
      ...['--reporters=default', `--reporters=${reporter('jest')}`],
    ],
  },
};

/** Every set of tests, with the tests that must fail; all others must pass. */
const SETS = [
  {
    title: 'Vitest: memory assertions that hold',
    example: 'vitest-basic',
    runner: 'vitest',
    folder: 'test',
    passes: 21,
    fails: [],
  },
  {
    title: 'Vitest: the same code used wrongly; every test fails on purpose',
    example: 'vitest-basic',
    runner: 'vitest',
    folder: 'failing',
    passes: 0,
    fails: [
      'allocates fewer than 20 objects for one expression',
      'allocates less than 2 kB for one expression',
      'costs what it did when it was recorded',
      'forgets a session that was closed',
      'forgets a session whose work is done',
      'holds one row at a time',
      'lets go of a session that was closed',
      'retains less than 50 bytes per session',
      'sums a large file within 2 MB',
    ],
  },
  {
    title: 'Jest: memory assertions that hold',
    example: 'jest-basic',
    runner: 'jest',
    folder: 'test',
    passes: 9,
    fails: [],
  },
  {
    title: 'Jest: the same code used wrongly; every test fails on purpose',
    example: 'jest-basic',
    runner: 'jest',
    folder: 'failing',
    passes: 0,
    fails: [
      'allocates fewer than 1,000 objects for all letters',
      'allocates less than 500 kB for all letters',
      'forgets a listener that was taken away',
      'forgets whoever gave up waiting',
      'holds one letter at a time',
      'keeps no letter',
      'stops growing when it is full',
    ],
  },
  {
    title: 'The ten commonest leaks, fixed',
    example: 'ten-leaks',
    runner: 'vitest',
    folder: 'test',
    passes: 10,
    fails: [],
  },
  {
    title: 'The ten commonest leaks; every test fails on purpose',
    example: 'ten-leaks',
    runner: 'vitest',
    folder: 'failing',
    passes: 0,
    fails: [
      'a cache without a bound',
      'a hook per connection',
      'a list of numbers',
      'a listener on a signal that lives long',
      'a listener per connection',
      'a race with a promise that never settles',
      'a reply that never comes',
      'a slice of a large buffer',
      'a timer that is never cleared',
      'a value of a WeakMap that a list holds',
    ],
  },
  {
    title: 'Two real packages, after their leaks were fixed',
    example: 'real-leak',
    runner: 'vitest',
    folder: 'test',
    passes: 2,
    fails: [],
  },
  {
    title: 'The same packages before that; both tests fail on purpose',
    example: 'real-leak',
    runner: 'vitest',
    folder: 'failing',
    passes: 0,
    fails: [
      'eventemitter2 forgets whoever waited for an event',
      'p-queue forgets whoever waited until it was idle',
    ],
  },
];

/**
 * Runs one set, its output going straight to the terminal.
 * @returns {{ title: string, status: string, texts: string[] }[]} its tests
 */
function runSet(set, folder) {
  const { bin, args } = RUNNERS[set.runner];
  const cwd = join(here, set.example);
  const results = join(folder, `${set.example}-${set.folder}.json`);
  const manifest = createRequire(join(cwd, 'package.json')).resolve(
    `${set.runner}/package.json`,
  );
  const { error } = spawnSync(
    process.execPath,
    [join(dirname(dirname(manifest)), bin), ...args(set.folder)],
    {
      cwd,
      env: { ...process.env, HIGHWATER_EXAMPLE_RESULTS: results },
      stdio: ['ignore', 'inherit', 'inherit'],
      timeout: 120_000,
    },
  );
  if (error) throw error;
  return JSON.parse(readFileSync(results, 'utf8'));
}

/** What is not as expected; empty when all is well. */
function surprises({ passes, fails }, tests) {
  const failed = tests.filter(({ status }) => status === 'failed');
  const passed = tests.filter(({ status }) => status === 'passed');
  return [
    ...fails
      .filter((title) => !failed.some((test) => test.title === title))
      .map((title) => `should have failed, but did not: ${title}`),
    ...failed
      .filter(({ title }) => !fails.includes(title))
      .map(({ title }) => `should have passed, but failed: ${title}`),
    // An error of highwater's own is not a verdict.
    ...failed
      .filter(({ title, texts }) => fails.includes(title) && !isVerdict(texts))
      .map(({ title }) => `failed without a verdict: ${title}`),
    ...(passed.length === passes
      ? []
      : [`${passes} tests should have passed, but ${passed.length} did`]),
  ];
}

function isVerdict(texts) {
  return texts.some(
    (text) =>
      /Expected .* to .*, but |^(?:Error: )?Memory baseline of /m.test(text) &&
      !text.includes('is undecided'),
  );
}

// Colours where the runners have them too.
const isColoured =
  process.env.FORCE_COLOR !== undefined
    ? process.env.FORCE_COLOR !== '0' && process.env.FORCE_COLOR !== 'false'
    : process.stdout.isTTY === true && !process.env.NO_COLOR;

function paint(style, text) {
  return isColoured ? styleText(style, text, { validateStream: false }) : text;
}

function heading({ title, example, runner, folder }) {
  const rule = '─'.repeat(80);
  const command =
    runner === 'vitest' ? `vitest run --dir ${folder}` : `jest --roots ${folder}`;
  console.log(
    [
      '',
      paint('cyan', rule),
      paint('bold', title),
      paint('dim', `examples/${example} $ ${command}`),
      paint('cyan', rule),
    ].join('\n'),
  );
}

function summary({ set, tests, wrong }) {
  const failed = tests.filter(({ status }) => status === 'failed').length;
  const counts = `${tests.length - failed} passed, ${failed} failed`;
  return [
    `${wrong.length === 0 ? paint('green', '    as expected') : paint('red', 'NOT as expected')}  ` +
      `${`examples/${set.example}/${set.folder}`.padEnd(30)}  ${counts}`,
    ...wrong.map((line) => `                 ${line}`),
  ].join('\n');
}

const folder = mkdtempSync(join(tmpdir(), 'highwater-example-'));
const start = performance.now();
try {
  const results = SETS.map((set) => {
    heading(set);
    const tests = runSet(set, folder);
    return { set, tests, wrong: surprises(set, tests) };
  });

  const failed = results.reduce((sum, { wrong }) => sum + wrong.length, 0);
  const all = results.reduce((sum, { tests }) => sum + tests.length, 0);
  writeResults('example', { passed: Math.max(0, all - failed), failed });
  const seconds = ((performance.now() - start) / 1000).toFixed(0);
  console.log(`\n${paint('cyan', '─'.repeat(80))}`);
  console.log(results.map(summary).join('\n'));
  console.log(
    failed === 0
      ? `\nAll ${all} example tests ended as expected, in ${seconds} s.`
      : `\n${failed} example tests did not end as expected (${seconds} s).`,
  );
  process.exitCode = failed === 0 ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
