// Every supported Node with every supported runner: the fixtures of test/e2e must
// get the verdicts of their expected.json, and the victims their known answers.
//
//   node test/matrix/run.mjs [--node 22] [--runner jest-30] [--fresh]

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import semver from 'semver';
import { buildNative } from '../../native/build.mjs';
import { findNode, NODES } from '../tools/nodes.mjs';
import { npm } from '../tools/npm.mjs';
import { packPackages, root } from '../tools/project.mjs';
import { writeResults } from '../tools/results.mjs';
import { installAddons } from '../victims/addons/install.mjs';
import { buildVictimAddon } from '../victims/native/build.mjs';

// Every pool with one of the two majors, the first with all fixtures; `npm test` has them all on
// its own versions.
const RUNNERS = [
  { runner: 'vitest', major: 4, ways: ['forks', 'vmThreads'] },
  { runner: 'vitest', major: 5, ways: ['threads', 'vmForks'] },
  { runner: 'jest', major: 29, ways: ['workerThreads', 'inBand'] },
  { runner: 'jest', major: 30, ways: ['children', 'inBand'] },
];
/** At the same time; a runner with its workers keeps about one core busy. */
const LANES = 2;

const { values: options } = parseArgs({
  options: {
    node: { type: 'string', multiple: true },
    runner: { type: 'string', multiple: true },
    fresh: { type: 'boolean', default: false },
  },
});

const matrix = join(root, '.matrix');
if (options.fresh) rmSync(matrix, { recursive: true, force: true });
mkdirSync(matrix, { recursive: true });

/** The newest release of a major, and the Nodes it says it supports. */
function findRunner({ runner, major }) {
  const cache = join(matrix, `${runner}-${major}.json`);
  if (existsSync(cache)) return JSON.parse(readFileSync(cache, 'utf8'));
  const found = JSON.parse(
    npm(['view', `${runner}@${major}`, 'version', 'engines.node', '--json'], root),
  );
  const releases = (Array.isArray(found) ? found : [found]).filter(
    (release) => semver.prerelease(release.version) === null,
  );
  releases.sort((a, b) => semver.rcompare(a.version, b.version));
  const [newest] = releases;
  const result = { version: newest.version, engines: newest['engines.node'] };
  writeFileSync(cache, JSON.stringify(result));
  return result;
}

const wantedNodes = NODES.filter(
  (major) => options.node === undefined || options.node.includes(String(major)),
);
const wantsRunner = (name) =>
  options.runner === undefined || options.runner.includes(name);

let passedTotal = 0;
let failedTotal = 0;
const rows = [];

/** A row in the table, its problems below it at once. */
function tell(nodeVersion, name, { passed, problems }, ms) {
  const all = passed === 0 && problems.length === 0 ? ['nothing ran'] : problems;
  passedTotal += passed;
  failedTotal += all.length;
  const row = [
    (all.length === 0 ? 'ok' : 'FAIL').padEnd(4),
    nodeVersion.padEnd(10),
    name.padEnd(16),
    `${passed} passed, ${all.length} failed`.padEnd(24),
    `${(ms / 1000).toFixed(1)} s`,
  ].join('  ');
  rows.push(row);
  console.log(row);
  for (const problem of all) console.log(problem.trim().replace(/^/gm, '      '));
}

/** What one combination found, in a process of its own. */
function start(combination) {
  const script = join(import.meta.dirname, 'combination.mjs');
  const child = spawn(process.execPath, [script, JSON.stringify(combination)], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (text) => {
    output += text;
  });
  return new Promise((resolve) => {
    child.once('close', (code, signal) => {
      try {
        resolve(JSON.parse(output.trimEnd().split('\n').at(-1)));
      } catch {
        const end = signal ?? `exit code ${code}`;
        resolve({ passed: 0, problems: [`ended with ${end}\n${output}`] });
      }
    });
  });
}

// All binaries before packing: the packed native package then serves every Node.
const nodes = [];
for (const major of wantedNodes) {
  try {
    const found = findNode(major);
    buildNative({ node: found.node });
    nodes.push({ major, ...found });
  } catch (error) {
    tell(`v${major}`, 'addon', { passed: 0, problems: [error.stack] }, 0);
  }
}
packPackages();
if (wantsRunner('victims')) {
  // What they share is there before two of them ask for it.
  buildVictimAddon();
  installAddons();
}

/** `place` is the folder that a combination works in: one at a time. */
const waiting = nodes.flatMap(({ major: nodeMajor, node, version: nodeVersion }) => {
  const combinations = RUNNERS.flatMap((target) => {
    const place = `${target.runner}-${target.major}`;
    if (!wantsRunner(place)) return [];
    const { version, engines } = findRunner(target);
    if (!semver.satisfies(nodeVersion, engines)) {
      console.log(`-     ${nodeVersion.padEnd(10)}  ${place} does not support it`);
      return [];
    }
    const name = `${target.runner} ${version}`;
    return { what: 'fixtures', ...target, version, name, place, node, nodeVersion };
  });
  // `npm test` has just asked this one.
  const isOwn = node === process.execPath && options.runner === undefined;
  if (!isOwn && wantsRunner('victims')) {
    const name = 'victims';
    const place = `${name}-${nodeMajor}`;
    combinations.push({ what: name, name, place, node, nodeMajor, nodeVersion });
  }
  return combinations;
});
// They take longest: none of them is to be the last that runs, alone.
waiting.sort((a, b) => Number(b.what === 'victims') - Number(a.what === 'victims'));
if (wantsRunner('types')) {
  const name = 'types';
  waiting.push({ what: name, name, place: name, nodeVersion: process.version });
}

const busy = new Set();
async function lane() {
  while (waiting.length > 0) {
    const index = waiting.findIndex(({ place }) => !busy.has(place));
    // What is left waits for folders of the other lanes, which take it themselves.
    if (index < 0) return;
    const [combination] = waiting.splice(index, 1);
    busy.add(combination.place);
    const from = Date.now();
    const outcome = await start(combination);
    busy.delete(combination.place);
    tell(combination.nodeVersion, combination.name, outcome, Date.now() - from);
  }
}
await Promise.all(Array.from({ length: LANES }, lane));

console.log(`\n${rows.join('\n')}`);
console.log(`matrix: ${passedTotal} passed, ${failedTotal} failed`);
writeResults('matrix', { passed: passedTotal, failed: failedTotal });
process.exitCode = failedTotal === 0 && rows.length > 0 ? 0 : 1;
