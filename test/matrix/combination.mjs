// One combination of the matrix, in a process of its own. Prints how many tests passed, and what is wrong,
// as the last line of its output.
//
//   node test/matrix/combination.mjs <JSON: what, node, nodeMajor, and of a runner: runner, major, version, ways>

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { makeProject, root, runJest, runVitest, verdictsOf } from '../tools/project.mjs';
import { compileAll, otherTypesProjects } from '../types/check.mjs';

/** Fixtures that need the pool to be right: the same numbers, whatever else the process does. */
const BRIEF_FIXTURES = ['smoke', 'numbers', 'overlap', 'forgotten-await'];
// What `npm test` asks 20 fresh processes, each other Node asks one.
const VICTIM_REPEATS = 1;
/** What is the same on every Node, and takes minutes. */
const OWN_NODE_ONLY = [
  '**/leak-options.test.ts',
  '**/own-memory.test.ts',
  '**/prebuilt-addons.test.ts',
];

const matrix = join(root, '.matrix');

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

function runFixtures({ node: nodePath, runner, major, version, ways }) {
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

/** The known answers, and what files leave behind, asked under another Node. */
function runVictims({ node: nodePath, nodeMajor }) {
  const results = join(matrix, `victims-${nodeMajor}.json`);
  rmSync(results, { force: true });
  const child = spawnSync(
    process.execPath,
    [
      join(root, 'node_modules/vitest/vitest.mjs'),
      'run',
      // Another combination runs beside it.
      '--no-file-parallelism',
      '--config=test/e2e/vitest.config.ts',
      '--reporter=default',
      '--reporter=json',
      `--outputFile=${results}`,
      'test/victims/',
      'test/e2e/left-behind.test.ts',
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

const KINDS = { fixtures: runFixtures, victims: runVictims, types: runTypes };

function attempt(combination) {
  try {
    return KINDS[combination.what](combination);
  } catch (error) {
    return { passed: 0, problems: [error.stack ?? String(error)] };
  }
}

const outcome = attempt(JSON.parse(process.argv[2] ?? '{}'));
// Anything before it came from the tests.
console.log(`\n${JSON.stringify(outcome)}`);
