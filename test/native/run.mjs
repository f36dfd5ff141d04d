// Compiles every *_test.cc here with the parts of the addon that need no Node, as
// it is and with the sanitizers, and runs each; as it is also under valgrind, where
// that is installed. A *_library.cc becomes a shared library beside the tests.

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
  threads: ['-O1', '-fno-omit-frame-pointer', '-fsanitize=thread'],
};
/** How the tests are run: what of, and by what. */
const WAYS = [
  { name: 'plain', build: 'plain', starter: [] },
  { name: 'sanitized', build: 'sanitized', starter: [] },
  {
    name: 'threads',
    build: 'threads',
    // Without address randomisation, which this sanitizer can't always have.
    starter: ['setarch', '-R'],
  },
  {
    name: 'valgrind',
    build: 'plain',
    starter: [
      'valgrind',
      '--quiet',
      // It runs one thread at a time; one that spins must not keep its turn.
      '--fair-sched=yes',
      '--error-exitcode=9',
      '--leak-check=full',
      '--errors-for-leak-kinds=definite',
    ],
    isOptional: true,
    // What threads do to each other is for the thread sanitizer: here they take turns, for minutes.
    leavesOut: ['hooks_threads_test'],
  },
];

/** The files of the addon that know the standard library and Linux only. */
function pureSources() {
  return ['track', 'heap', 'linux'].flatMap((folder) =>
    readdirSync(join(source, folder))
      .filter((file) => file.endsWith('.cc'))
      .map((file) => join(source, folder, file)),
  );
}

/** Of the files among the arguments, and of every header. */
function contentHash(build, args) {
  const hash = createHash('sha256').update(
    JSON.stringify([compiler, FLAGS, BUILDS[build], args]),
  );
  const headers = [source, here].flatMap((directory) =>
    readdirSync(directory, { recursive: true })
      .filter((file) => file.endsWith('.h'))
      .map((file) => join(directory, file)),
  );
  const inputs = args.filter((argument) => /\.(cc|o)$/.test(argument));
  for (const file of [...headers.sort(), ...inputs]) {
    hash.update(file).update(readFileSync(file));
  }
  return hash.digest('hex');
}

/** Runs the compiler unless the target was made of these very sources. */
function compile(build, target, args) {
  const marker = `${target}.hash`;
  const hash = contentHash(build, args);
  if (existsSync(target) && existsSync(marker) && readFileSync(marker, 'utf8') === hash) {
    return true;
  }
  mkdirSync(dirname(target), { recursive: true });
  rmSync(marker, { force: true });
  const { status, error } = spawnSync(
    compiler,
    [...FLAGS, ...BUILDS[build], `-I${source}`, `-I${here}`, '-o', target, ...args],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  );
  if (error) throw error;
  if (status !== 0) return false;
  writeFileSync(marker, hash);
  return true;
}

/** The parts of the addon, once for all tests. */
function compileParts(build) {
  const objects = pureSources().map((file) => ({
    file,
    object: join(
      output,
      build,
      `${file.slice(source.length + 1).replaceAll('/', '-')}.o`,
    ),
  }));
  const areCompiled = objects.every(({ file, object }) =>
    compile(build, object, ['-c', file]),
  );
  return areCompiled ? objects.map(({ object }) => object) : undefined;
}

function compileTest(test, build, parts) {
  const binary = join(output, build, test);
  const isCompiled =
    libraries.every((name) =>
      compile(build, join(output, build, `${name}.so`), [
        '-shared',
        '-fPIC',
        join(here, `${name}.cc`),
      ]),
    ) &&
    compile(build, binary, [join(here, `${test}.cc`), join(here, 'main.cc'), ...parts]);
  return isCompiled ? binary : undefined;
}

function start([command, ...args]) {
  const options = 'allocator_may_return_null=1';
  const env = { ...process.env, ASAN_OPTIONS: options, TSAN_OPTIONS: options };
  return spawnSync(command, args, { encoding: 'utf8', timeout: 300_000, env });
}

function isMissing([command]) {
  return spawnSync(command, ['--version']).error?.code === 'ENOENT';
}

const named = (end) =>
  readdirSync(here)
    .filter((file) => file.endsWith(`${end}.cc`))
    .map((file) => file.slice(0, -'.cc'.length))
    .sort();

const tests = named('_test');
const libraries = named('_library');

let passed = 0;
let failed = 0;
for (const { name, build, starter, isOptional = false, leavesOut = [] } of WAYS) {
  if (isOptional && isMissing(starter)) {
    console.log(`skip ${name}: it is not installed`);
    continue;
  }
  const parts = compileParts(build);
  for (const test of tests) {
    if (leavesOut.includes(test)) continue;
    const binary = parts && compileTest(test, build, parts);
    if (binary === undefined) {
      console.log(`FAIL ${test} (${name}) does not compile`);
      failed += 1;
      continue;
    }
    const run = start([...starter, binary]);
    const lines = (run.stdout ?? '').split('\n');
    const passedHere = lines.filter((line) => line.startsWith('ok ')).length;
    const failedHere = lines.filter((line) => line.startsWith('not ok ')).length;
    passed += passedHere;
    if (run.status === 0 && passedHere > 0) {
      console.log(`ok   ${test} (${name}): ${passedHere} passed`);
    } else {
      // A crash or a sanitizer's report is a failure of its own.
      failed += Math.max(failedHere, 1);
      console.log(`FAIL ${test} (${name}): ${run.signal ?? `exit ${run.status}`}`);
      process.stdout.write(`${run.stdout ?? ''}${run.stderr ?? ''}`);
    }
  }
}
console.log(`native units: ${passed} passed, ${failed} failed`);
writeResults('native', { passed, failed });
process.exitCode = failed === 0 && tests.length > 0 ? 0 : 1;
