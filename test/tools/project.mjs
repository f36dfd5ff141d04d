// Makes the project of a user of highwater: the packages as npm would publish
// them, one runner, fixtures. Used by test/e2e and test/matrix.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const here = dirname(fileURLToPath(import.meta.url));

/** The repository. */
export const root = join(here, '../..');

/** What a user installs, by folder. */
const PACKAGES = [
  'native',
  'packages/core',
  'packages/report',
  'packages/cli',
  'packages/vitest',
  'packages/jest',
];

function run(command, args, options = {}) {
  const result = spawnSync(command, args, {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 256 * 1024 * 1024,
    ...options,
  });
  if (result.error) throw result.error;
  if (result.status !== 0) {
    throw new Error(
      `${command} ${args.join(' ')} failed:\n${result.stdout}\n${result.stderr}`,
    );
  }
  return result.stdout;
}

function readJson(file) {
  return JSON.parse(readFileSync(file, 'utf8'));
}

/**
 * Packs the packages and unpacks them: what is missing in `files` is missing here.
 * @returns {string} a folder with native, core, vitest, jest; reused when nothing changed
 */
export function packPackages() {
  const hash = createHash('sha256');
  for (const folder of PACKAGES) {
    const { files } = readJson(join(root, folder, 'package.json'));
    const inputs = ['package.json', ...files.map((file) => file.split('/')[0])];
    for (const input of inputs) hashPath(hash, join(root, folder, input));
  }
  const packs = join(root, '.e2e/packed');
  const directory = join(packs, hash.digest('hex').slice(0, 16));
  if (existsSync(directory)) return directory;
  mkdirSync(packs, { recursive: true });
  const temporary = mkdtempSync(join(packs, 'making-'));
  for (const folder of PACKAGES) {
    const [{ filename }] = JSON.parse(
      run(
        'npm',
        ['pack', '--json', '--ignore-scripts', '--pack-destination', temporary],
        {
          cwd: join(root, folder),
        },
      ),
    );
    const target = join(temporary, folder.replace('packages/', ''));
    mkdirSync(target);
    run('tar', ['-xzf', join(temporary, filename), '-C', target, '--strip-components=1']);
    rmSync(join(temporary, filename));
  }
  for (const old of readdirSync(packs)) {
    // Another process may be making its own.
    if (!old.startsWith('making-')) rmSync(join(packs, old), { recursive: true });
  }
  try {
    renameSync(temporary, directory);
  } catch (error) {
    if (!existsSync(directory)) throw error;
    rmSync(temporary, { recursive: true });
  }
  return directory;
}

function hashPath(hash, path) {
  if (!existsSync(path)) return;
  hash.update(`\0${path.slice(root.length)}\0`);
  let entries;
  try {
    entries = readdirSync(path).sort();
  } catch {
    hash.update(readFileSync(path));
    return;
  }
  for (const entry of entries) hashPath(hash, join(path, entry));
}

/**
 * Makes a project with the packed packages and the fixtures of a runner in it.
 *
 * Without `version` the runner is the repository's own, found by walking up from
 * `.e2e/`. With it, runner and dependencies are installed into the project (once).
 * A fixture folder may have a package.json with further dependencies, and a folder
 * `common` beside it with what every runner gets.
 *
 * @param {object} options
 * @param {string} options.dir where; made anew but for node_modules
 * @param {'vitest' | 'jest'} options.runner
 * @param {string} [options.version] of the runner, exact
 * @param {string} [options.fixtures] default: test/e2e/fixtures/<runner>
 */
export function makeProject({
  dir,
  runner,
  version,
  fixtures = join(root, 'test/e2e/fixtures', runner),
}) {
  const packed = packPackages();
  mkdirSync(dir, { recursive: true });
  for (const entry of readdirSync(dir)) {
    if (!['node_modules', 'package.json', 'package-lock.json'].includes(entry)) {
      rmSync(join(dir, entry), { recursive: true });
    }
  }
  if (version !== undefined) installRunner({ dir, runner, version, packed, fixtures });
  else writePackageJson(dir, fixtures, {});
  // Real directories, as after an install: links would resolve to the repository.
  const scope = join(dir, 'node_modules/@highwater');
  rmSync(scope, { recursive: true, force: true });
  cpSync(packed, scope, { recursive: true });
  const common = join(fixtures, '../common');
  for (const folder of existsSync(common) ? [common, fixtures] : [fixtures]) {
    cpSync(folder, dir, {
      recursive: true,
      filter: (source) =>
        source !== join(fixtures, 'package.json') && !source.includes('node_modules'),
    });
  }
  return { dir, runner, version };
}

function writePackageJson(dir, fixtures, dependencies) {
  const own = join(fixtures, 'package.json');
  const {
    dependencies: a,
    devDependencies: b,
    ...rest
  } = existsSync(own) ? readJson(own) : {};
  const content = {
    private: true,
    ...rest,
    dependencies: { ...dependencies, ...a, ...b },
  };
  const text = `${JSON.stringify(content, null, 2)}\n`;
  const file = join(dir, 'package.json');
  const changed = !existsSync(file) || readFileSync(file, 'utf8') !== text;
  writeFileSync(file, text);
  return changed;
}

function installRunner({ dir, runner, version, packed, fixtures }) {
  const dependencies = { [runner]: version };
  for (const name of readdirSync(packed)) {
    const own = readJson(join(packed, name, 'package.json')).dependencies ?? {};
    for (const [dependency, range] of Object.entries(own)) {
      if (!dependency.startsWith('@highwater/')) dependencies[dependency] = range;
    }
  }
  const changed = writePackageJson(dir, fixtures, dependencies);
  const done = join(dir, 'node_modules/.installed');
  if (!changed && existsSync(done)) return;
  for (const old of ['node_modules', 'package-lock.json']) {
    rmSync(join(dir, old), { recursive: true, force: true });
  }
  run('npm', ['install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], {
    cwd: dir,
  });
  writeFileSync(done, '');
}

/** The environment of a child runner: not the one of the runner we are in. */
export function cleanEnv(extra) {
  const env = { ...process.env };
  for (const name of Object.keys(env)) {
    if (
      /^(VITEST|JEST_|NODE_OPTIONS$|NODE_V8_COVERAGE$|npm_|TEST$|NODE_ENV$)/.test(name)
    ) {
      delete env[name];
    }
  }
  return { ...env, NO_COLOR: '1', FORCE_COLOR: '0', CI: '1', ...extra };
}

/** The script that is the runner, for `node`. */
export function runnerBinary(project) {
  const require = createRequire(join(project.dir, 'package.json'));
  const manifest = require.resolve(`${project.runner}/package.json`);
  const { bin } = readJson(manifest);
  return join(dirname(manifest), typeof bin === 'string' ? bin : bin[project.runner]);
}

/** Only against what never ends: a busy machine may take several times as long as usual. */
const HANG_MS = 900_000;

/**
 * @param {import('./project.mjs').Project} project
 * @param {string} node
 * @param {readonly string[]} args
 * @param {{ env?: Record<string, string>, nodeArgs?: readonly string[], timeoutMs?: number }} options
 */
function runRunner(
  project,
  node,
  args,
  { env = {}, nodeArgs = [], timeoutMs = HANG_MS },
) {
  const folder = mkdtempSync(join(project.dir, '.result-'));
  const file = join(folder, 'results.json');
  const output = `--outputFile=${file}`;
  const child = spawnSync(node, [...nodeArgs, runnerBinary(project), ...args, output], {
    cwd: project.dir,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    env: cleanEnv(env),
    timeout: timeoutMs,
    maxBuffer: 256 * 1024 * 1024,
  });
  const text = existsSync(file) ? readFileSync(file, 'utf8') : '';
  rmSync(folder, { recursive: true });
  const stdout = child.stdout ?? '';
  const stderr = child.stderr ?? '';
  if (text === '') {
    const end = child.error?.message ?? child.signal ?? `exit code ${child.status}`;
    throw new Error(`${project.runner} left no results (${end}):\n${stdout}\n${stderr}`);
  }
  return { exitCode: child.status, stdout, stderr, ...readResults(JSON.parse(text)) };
}

/** Vitest writes Jest's format. */
function readResults(results) {
  const tests = [];
  const fileErrors = [];
  for (const file of results.testResults) {
    if (file.assertionResults.length === 0 && file.status === 'failed') {
      fileErrors.push(file.message);
    }
    for (const test of file.assertionResults) {
      tests.push({
        name: test.fullName.trim(),
        status: test.status === 'pending' ? 'skipped' : test.status,
        message: (test.failureMessages ?? []).join('\n'),
      });
    }
  }
  return { tests, fileErrors };
}

/**
 * Runs Vitest on a fixture.
 * @param {import('./project.mjs').Project} project
 * @param {import('./project.mjs').VitestRun} [options]
 */
export function runVitest(
  project,
  { node = process.execPath, fixture, pool, args = [], ...rest } = {},
) {
  return runRunner(
    project,
    node,
    [
      'run',
      ...(fixture ? [fixture] : []),
      '--root=.',
      ...(pool ? [`--pool=${pool}`] : []),
      '--reporter=default',
      '--reporter=json',
      ...args,
    ],
    rest,
  );
}

/**
 * Runs Jest on a fixture. Modes: `children` (the default of Jest), `workerThreads`,
 * `inBand`.
 * @param {import('./project.mjs').Project} project
 * @param {import('./project.mjs').JestRun} [options]
 */
export function runJest(
  project,
  {
    node = process.execPath,
    fixture,
    mode = 'children',
    hasRoots = false,
    args = [],
    ...rest
  } = {},
) {
  const modes = {
    // Without a memory limit Jest runs a single or quick file in band, unasked.
    children: ['--maxWorkers=2', '--workerIdleMemoryLimit=8GB'],
    workerThreads: ['--maxWorkers=2', '--workerIdleMemoryLimit=8GB', '--workerThreads'],
    inBand: ['--runInBand'],
  };
  return runRunner(
    project,
    node,
    [
      ...(fixture ? [fixture] : []),
      ...(hasRoots ? [] : ['--rootDir=.']),
      '--json',
      '--no-cache',
      '--watchman=false',
      ...modes[mode],
      ...args,
    ],
    rest,
  );
}

/** `{ name: status }` of a run, sorted by name: what an expected.json holds. */
export function verdictsOf({ tests }) {
  return Object.fromEntries(
    tests.map(({ name, status }) => [name, status]).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
