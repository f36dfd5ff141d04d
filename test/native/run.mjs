// Compiles every *_test.cc here with the parts of the addon that need no Node, as
// it is and with the sanitizers, and runs both.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeResults } from '../tools/results.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const root = join(here, '../..');
const source = join(root, 'native/src');
const output = join(root, '.native-tests');
const compiler = process.env.CXX ?? 'g++';

const FLAGS = ['-std=c++20', '-g', '-Wall', '-Wextra', '-pthread'];
const BUILDS = {
  plain: ['-O2'],
  sanitized: [
    '-O1',
    '-fno-omit-frame-pointer',
    '-fsanitize=address,undefined',
    '-fno-sanitize-recover=all',
  ],
};

/** The files of the addon that know the standard library and Linux only. */
function pureSources() {
  const pureFolders = ['track', 'heap'].flatMap((folder) =>
    existsSync(join(source, folder))
      ? readdirSync(join(source, folder))
          .filter((file) => file.endsWith('.cc'))
          .map((file) => join(source, folder, file))
      : [],
  );
  return [...pureFolders, join(source, 'linux/process_memory.cc')].filter(existsSync);
}

function contentHash(build) {
  const hash = createHash('sha256').update(JSON.stringify([compiler, FLAGS, build]));
  for (const directory of [source, here]) {
    const files = readdirSync(directory, { recursive: true })
      .filter((file) => /\.(cc|h)$/.test(file))
      .sort();
    for (const file of files)
      hash.update(file).update(readFileSync(join(directory, file)));
  }
  return hash.digest('hex');
}

function compile(test, build, binary) {
  const marker = `${binary}.hash`;
  const hash = contentHash(BUILDS[build]);
  if (existsSync(binary) && existsSync(marker) && readFileSync(marker, 'utf8') === hash) {
    return true;
  }
  mkdirSync(dirname(binary), { recursive: true });
  rmSync(marker, { force: true });
  const inputs = [join(here, `${test}.cc`), join(here, 'main.cc'), ...pureSources()];
  const { status, error } = spawnSync(
    compiler,
    [...FLAGS, ...BUILDS[build], `-I${source}`, `-I${here}`, '-o', binary, ...inputs],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (error) throw error;
  if (status !== 0) return false;
  writeFileSync(marker, hash);
  return true;
}

const tests = readdirSync(here)
  .filter((file) => file.endsWith('_test.cc'))
  .map((file) => file.slice(0, -'.cc'.length))
  .sort();

let passed = 0;
let failed = 0;
for (const test of tests) {
  for (const build of Object.keys(BUILDS)) {
    const binary = join(output, build, test);
    if (!compile(test, build, binary)) {
      console.log(`FAIL ${test} (${build}) does not compile`);
      failed += 1;
      continue;
    }
    const run = spawnSync(binary, { encoding: 'utf8', timeout: 120_000 });
    const lines = (run.stdout ?? '').split('\n');
    const passedHere = lines.filter((line) => line.startsWith('ok ')).length;
    const failedHere = lines.filter((line) => line.startsWith('not ok ')).length;
    passed += passedHere;
    if (run.status === 0 && passedHere > 0) {
      console.log(`ok   ${test} (${build}): ${passedHere} passed`);
    } else {
      // A crash or a sanitizer's report is a failure of its own.
      failed += Math.max(failedHere, 1);
      console.log(`FAIL ${test} (${build}): ${run.signal ?? `exit ${run.status}`}`);
      process.stdout.write(`${run.stdout ?? ''}${run.stderr ?? ''}`);
    }
  }
}
console.log(`native units: ${passed} passed, ${failed} failed`);
writeResults('native', { passed, failed });
process.exitCode = failed === 0 && tests.length > 0 ? 0 : 1;
