// Every supported Node with every supported runner: the fixtures of test/e2e must
// get the verdicts of their expected.json, and the victims their known answers.
//
//   node test/matrix/run.mjs [--node 22] [--runner jest-30] [--fresh]

import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import semver from 'semver';
import { buildNative } from '../../native/build.mjs';
import { findNode, NODES } from '../tools/nodes.mjs';
import { npm } from '../tools/npm.mjs';
import {
  makeProject,
  packPackages,
  root,
  runJest,
  runVitest,
  verdictsOf,
} from '../tools/project.mjs';
import { writeResults } from '../tools/results.mjs';
import { compileAll, otherTypesProjects } from '../types/check.mjs';

// Every pool with one of the two majors, the first with all fixtures; `npm test` has them all on
// its own versions.
const RUNNERS = [
  { runner: 'vitest', major: 4, ways: ['forks', 'vmThreads'] },
  { runner: 'vitest', major: 5, ways: ['threads', 'vmForks'] },
  { runner: 'jest', major: 29, ways: ['workerThreads', 'inBand'] },
  { runner: 'jest', major: 30, ways: ['children', 'inBand'] },
];
/** Fixtures that need the pool to be right: the same numbers, whatever else the process does. */
const BRIEF_FIXTURES = ['smoke', 'numbers', 'overlap', 'forgotten-await'];
// What `npm test` asks 20 fresh processes, each other Node asks one.
const VICTIM_REPEATS = 1;
/** What is the same on every Node, and takes minutes. */
const OWN_NODE_ONLY = ['**/leak-options.test.ts', '**/own-memory.test.ts'];

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

/** What differs between the expected verdicts and those of a run, one line each. */
function compareVerdicts(expected, actual, result) {
  const differences = [...result.fileErrors];
  for (const name of new Set([...Object.keys(expected), ...Object.keys(actual)])) {
    if (expected[name] === actual[name]) continue;
    const message = result.tests.find((test) => test.name === name)?.message ?? '';
    differences.push(
      `${name}: expected ${expected[name] ?? 'no such test'}, got ${actual[name] ?? 'nothing'}\n${message}`,
    );
  }
  return differences;
}

function runFixtures(nodePath, { runner, major, ways }, version) {
  const expectedFile = join(root, 'test/e2e/fixtures', runner, 'expected.json');
  const expected = JSON.parse(readFileSync(expectedFile, 'utf8'));
  const project = makeProject({
    dir: join(matrix, `${runner}-${major}`),
    runner,
    version,
  });
  let passed = 0;
  const problems = [];
  for (const [index, way] of ways.entries()) {
    const args = index === 0 ? [] : BRIEF_FIXTURES;
    try {
      const result =
        runner === 'vitest'
          ? runVitest(project, { node: nodePath, pool: way, args })
          : runJest(project, { node: nodePath, mode: way, args });
      const actual = verdictsOf(result);
      const names = Object.keys(index === 0 ? expected : actual);
      if (names.length < BRIEF_FIXTURES.length) throw new Error('too few tests ran');
      const wanted = Object.fromEntries(names.map((name) => [name, expected[name]]));
      const differences = compareVerdicts(wanted, actual, result);
      passed += Math.max(names.length - differences.length, 0);
      problems.push(...differences.map((difference) => `[${way}] ${difference}`));
    } catch (error) {
      problems.push(`[${way}] ${error.message}`);
    }
  }
  return { passed, problems };
}

/** The declarations, compiled against other versions of the runners and of TypeScript. */
function runTypes() {
  const results = otherTypesProjects().flatMap(compileAll);
  const problems = results
    .filter(({ errors }) => errors !== '')
    .map(({ name, errors }) => `${name}\n${errors}`);
  return { passed: results.length - problems.length, problems };
}

/** The known answers, asked under another Node. */
function runVictims(nodePath, major) {
  const results = join(matrix, `victims-${major}.json`);
  rmSync(results, { force: true });
  const child = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      '--config=test/e2e/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${results}`,
      'test/victims/',
      ...OWN_NODE_ONLY.map((pattern) => `--exclude=${pattern}`),
    ],
    {
      cwd: root,
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      maxBuffer: 256 * 1024 * 1024,
      env: {
        ...process.env,
        HIGHWATER_TEST_NODE: nodePath,
        HIGHWATER_TEST_REPEATS: String(VICTIM_REPEATS),
        HIGHWATER_RESULTS: '',
      },
    },
  );
  if (!existsSync(results)) {
    return { passed: 0, problems: [`${child.stdout}\n${child.stderr}`] };
  }
  const { numPassedTests, testResults } = JSON.parse(readFileSync(results, 'utf8'));
  const problems = testResults.flatMap((file) =>
    file.assertionResults.length === 0 && file.status === 'failed'
      ? [file.message]
      : file.assertionResults
          .filter((test) => test.status === 'failed')
          .map((test) => `${test.fullName}\n${test.failureMessages.join('\n')}`),
  );
  if (problems.length === 0 && child.status !== 0) problems.push(child.stderr);
  return { passed: numPassedTests, problems };
}

function hasFiles(directory, pattern) {
  return (
    existsSync(directory) &&
    readdirSync(directory, { recursive: true }).some((file) => pattern.test(file))
  );
}

const wantedNodes = NODES.filter(
  (major) => options.node === undefined || options.node.includes(String(major)),
);
const wantsRunner = (name) =>
  options.runner === undefined || options.runner.includes(name);

let passedTotal = 0;
let failedTotal = 0;
const rows = [];

/** One combination: a row in the table, its problems below it at once. */
function attempt(nodeVersion, name, action) {
  const start = Date.now();
  let outcome;
  try {
    outcome = action();
  } catch (error) {
    outcome = { passed: 0, problems: [error.stack ?? String(error)] };
  }
  const { passed, problems } = outcome;
  passedTotal += passed;
  failedTotal += problems.length;
  const verdict = problems.length === 0 && passed > 0 ? 'ok' : 'FAIL';
  if (verdict === 'FAIL' && problems.length === 0) {
    failedTotal += 1;
    problems.push('nothing ran');
  }
  const row = [
    verdict.padEnd(4),
    nodeVersion.padEnd(10),
    name.padEnd(16),
    `${passed} passed, ${problems.length} failed`.padEnd(24),
    `${((Date.now() - start) / 1000).toFixed(1)} s`,
  ].join('  ');
  rows.push(row);
  console.log(row);
  for (const problem of problems) console.log(problem.trim().replace(/^/gm, '      '));
}

// All binaries before packing: the packed native package then serves every Node.
const nodes = [];
for (const major of wantedNodes) {
  try {
    const found = findNode(major);
    buildNative({ node: found.node });
    nodes.push({ major, ...found });
  } catch (error) {
    attempt(`v${major}`, 'addon', () => {
      throw error;
    });
  }
}
packPackages();

for (const { major: nodeMajor, node, version: nodeVersion } of nodes) {
  for (const target of RUNNERS) {
    const name = `${target.runner}-${target.major}`;
    if (!wantsRunner(name)) continue;
    const { version, engines } = findRunner(target);
    if (!semver.satisfies(nodeVersion, engines)) {
      console.log(`-     ${nodeVersion.padEnd(10)}  ${name} does not support it`);
      continue;
    }
    attempt(nodeVersion, `${target.runner} ${version}`, () =>
      runFixtures(node, target, version),
    );
  }
  // `npm test` has just asked this one.
  const isOwn = node === process.execPath && options.runner === undefined;
  if (
    !isOwn &&
    wantsRunner('victims') &&
    hasFiles(join(root, 'test/victims'), /\.test\.ts$/)
  ) {
    attempt(nodeVersion, 'victims', () => runVictims(node, nodeMajor));
  }
}

if (wantsRunner('types')) attempt(process.version, 'types', runTypes);

console.log(`\n${rows.join('\n')}`);
console.log(`matrix: ${passedTotal} passed, ${failedTotal} failed`);
writeResults('matrix', { passed: passedTotal, failed: failedTotal });
process.exitCode = failedTotal === 0 && rows.length > 0 ? 0 : 1;
