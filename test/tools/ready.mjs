// Makes a clone ready to run: installs when node_modules does not fit the lock
// file, then builds the addon and the packages when their sources changed. Plain
// Node, because nothing may be installed yet. Costs a few file hashes otherwise.
//
//   node test/tools/ready.mjs               before every npm script
//   node test/tools/ready.mjs --installed   from npm itself, at the end of an install

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

function readPackages(file) {
  return JSON.parse(readFileSync(join(root, file), 'utf8')).packages;
}

/** Whether npm's own record of node_modules has everything the lock file wants. */
function isInstalled() {
  if (!existsSync(join(root, 'node_modules/.package-lock.json'))) return false;
  const installed = readPackages('node_modules/.package-lock.json');
  return Object.entries(readPackages('package-lock.json')).every(([path, wanted]) => {
    if (!path.includes('node_modules/')) return true;
    const found = installed[path];
    // Binaries of other platforms are optional, and not installed here.
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && found.link === wanted.link;
  });
}

/** Runs `npm ci`, which ends in this very script with --installed. */
function install() {
  console.log('highwater: installing (npm ci)');
  const npm = process.env.npm_execpath;
  const [command, args] = npm?.endsWith('.js')
    ? [process.execPath, [npm, 'ci']]
    : ['npm', ['ci']];
  const { status, error } = spawnSync(command, args, {
    cwd: root,
    stdio: ['ignore', 'inherit', 'inherit'],
  });
  if (error) throw error;
  if (status !== 0) process.exit(status ?? 1);
}

async function build() {
  const { buildNative } = await import('../../native/build.mjs');
  const { buildPackages } = await import('../../packages/build.mjs');
  buildNative();
  await buildPackages();
}

const calledByNpm = process.argv.includes('--installed');
if (!calledByNpm && !isInstalled()) install();
try {
  await build();
} catch (error) {
  console.error(`highwater: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
