// Test counts of a whole run, for .ci/run: every runner leaves one file in the
// folder that HIGHWATER_RESULTS names, and `node test/tools/results.mjs <folder>`
// adds them up. Without the variable nothing is written.

import {
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/**
 * Vitest's settings that leave its counts.
 * @param {string} suite
 */
export function resultsFile(suite) {
  const folder = process.env.HIGHWATER_RESULTS;
  if (!folder) return {};
  return {
    reporters: ['default', 'json'],
    outputFile: { json: join(folder, `${suite}.json`) },
  };
}

/**
 * Leaves the counts of a runner of our own.
 * @param {string} suite
 * @param {{ passed: number, failed: number }} counts
 */
export function writeResults(suite, { passed, failed }) {
  const folder = process.env.HIGHWATER_RESULTS;
  if (!folder) return;
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ numPassedTests: passed, numFailedTests: failed });
  writeFileSync(join(folder, `${suite}.json`), text);
}

function sum(folder) {
  let passed = 0;
  let failed = 0;
  const failures = [];
  for (const file of readdirSync(folder)) {
    if (!file.endsWith('.json')) continue;
    const counts = JSON.parse(readFileSync(join(folder, file), 'utf8'));
    passed += counts.numPassedTests;
    // A test file that does not load has no failed test, but failed.
    failed += Math.max(counts.numFailedTests, counts.success === false ? 1 : 0);
    failures.push(...failuresOf(counts));
  }
  return { passed, failed, failures };
}

const MOST_LINES = 12;

/** Which tests failed, and how their messages begin. Runners of our own have told it themselves. */
function failuresOf({ testResults = [] }) {
  return testResults.flatMap(({ name, message, assertionResults }) => {
    const tests = assertionResults.filter(({ status }) => status === 'failed');
    if (tests.length === 0) return message ? [`${name}: ${firstLines(message)}`] : [];
    return tests.map(
      ({ fullName, failureMessages }) =>
        `${name}: ${fullName}\n${firstLines(failureMessages.join('\n'))}`,
    );
  });
}

function firstLines(text) {
  return text.split('\n').slice(0, MOST_LINES).join('\n');
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const [, , folder = '', failedSteps = '0'] = process.argv;
  const { passed, failed, failures } = sum(folder);
  for (const failure of failures) console.log(`failed: ${failure}\n`);
  // A step can fail without a failed test (a format error, say): never hide it.
  console.log(`${passed} passed, ${Math.max(failed, Number(failedSteps))} failed`);
}
