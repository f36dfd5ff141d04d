// npm run suites: highwater in test suites that nobody here wrote.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { formatSuites } from './report.mjs';
import { measureSuite } from './suite.mjs';

const USAGE = `npm run suites -- --dir <project> --runner vitest --command 'npx vitest run'

  --dir <folder>       a project with its dependencies installed; it is copied
  --runner <name>      vitest or jest
  --command <text>     runs its tests; default: vitest run, or jest
  --config <file>      the runner's config; default: the one in the folder
  --pairs <count>      runs without and with highwater, in turn (default: 5)
  --runs <count>       runs with it that the gate compares (default: 10)
  --all                every two runs, both ways, not each with the next
  --packages <folder>  tarballs to install; default: the packages as they are
  --keep <folder>      where the run files stay
  --json <file>        the figures as data; suites that it has already stay
  --name <text>        of the suite; default: name and version of its package`;

const { values } = parseArgs({
  options: {
    dir: { type: 'string' },
    runner: { type: 'string' },
    command: { type: 'string' },
    config: { type: 'string' },
    pairs: { type: 'string', default: '5' },
    runs: { type: 'string', default: '10' },
    all: { type: 'boolean', default: false },
    packages: { type: 'string' },
    keep: { type: 'string' },
    json: { type: 'string' },
    name: { type: 'string' },
    help: { type: 'boolean', default: false },
  },
});

const COMMANDS = { vitest: 'vitest run', jest: 'jest' };
const [pairs, runs] = [Number(values.pairs), Number(values.runs)];
if (
  values.help ||
  values.dir === undefined ||
  !Object.hasOwn(COMMANDS, values.runner ?? '') ||
  !(Number.isInteger(pairs) && pairs > 0 && Number.isInteger(runs) && runs > 0)
) {
  console.log(USAGE);
  process.exit(values.help ? 0 : 2);
}

function nameOf(dir) {
  const manifest = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'));
  return [manifest.name ?? basename(resolve(dir)), manifest.version]
    .filter((part) => part !== undefined)
    .join(' ');
}

const suite = measureSuite({
  dir: values.dir,
  runner: values.runner,
  command: values.command ?? COMMANDS[values.runner],
  config: values.config,
  packages: values.packages,
  name: values.name ?? nameOf(values.dir),
  pairs,
  runs,
  isAll: values.all,
  keep: values.keep,
  log: (line) => console.error(line),
});
console.log(formatSuites([suite]));
if (values.json !== undefined) {
  const before = existsSync(values.json)
    ? JSON.parse(readFileSync(values.json, 'utf8'))
    : [];
  const others = before.filter(({ name }) => name !== suite.name);
  writeFileSync(values.json, `${JSON.stringify([...others, suite], null, 2)}\n`);
}
