// Installs what runs need, where it is missing or not what package.json says.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import semver from 'semver';
import { isInstalled } from '../../tools/installed.mjs';
import { npm } from '../../tools/npm.mjs';
import { usageError } from './usage-error.mjs';

/**
 * Where a run finds its package: an environment of its own with real names, or the folder with
 * its aliases.
 * @param {string} folder
 * @param {{ alias: string, package: string }} run
 */
export function placeOf(folder, run) {
  const own = join(folder, 'envs', run.alias);
  return existsSync(join(own, 'package.json'))
    ? { base: own, name: run.package }
    : { base: folder, name: run.alias };
}

/**
 * @param {string} folder
 * @param {readonly object[]} runs
 */
export function installFor(folder, runs) {
  const needed = runs.filter(needsPackages).map((run) => placeOf(folder, run).base);
  for (const base of new Set(needed)) install(base);
}

function needsPackages({ package: name, node, driver }) {
  if (name !== 'node' || node.alias !== undefined) return true;
  // A driver for Node itself may use a package, too.
  return /\bfrom ['"](?!node:)|\b(require|import)From\b/.test(
    readFileSync(driver, 'utf8'),
  );
}

function install(base) {
  const manifest = join(base, 'package.json');
  if (!existsSync(manifest)) throw usageError(`${manifest} is missing.`);
  const hasLock = existsSync(join(base, 'package-lock.json'));
  if (hasLock ? isInstalled(base) : hasDependencies(base)) return;
  console.log(`installing ${base}`);
  // Not `npm ci`: it refuses a lock file without the binaries of other platforms, which some
  // registries lack. Without saving, npm takes the versions of the lock file all the same.
  npm(
    [
      'install',
      '--no-save',
      '--ignore-scripts',
      '--legacy-peer-deps',
      '--no-audit',
      '--no-fund',
    ],
    base,
  );
}

/** Without a lock file: whether npm's record has every dependency, in a version that fits. */
function hasDependencies(base) {
  const record = join(base, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const { packages } = JSON.parse(readFileSync(record, 'utf8'));
  const { dependencies = {} } = JSON.parse(
    readFileSync(join(base, 'package.json'), 'utf8'),
  );
  return Object.entries(dependencies).every(([name, wanted]) => {
    const found = packages[`node_modules/${name}`];
    // `npm:<name>@<range>`, or the range alone.
    const range = wanted.slice(wanted.lastIndexOf('@') + 1);
    return found !== undefined && semver.satisfies(found.version, range);
  });
}
