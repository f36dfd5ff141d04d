// Makes a clone ready to run: installs when node_modules does not fit the lock
// file, then builds the addon and the packages when their sources changed. Plain
// Node, because nothing may be installed yet. Costs a few file hashes otherwise.
//
//   node test/tools/ready.mjs               before every npm script
//   node test/tools/ready.mjs --installed   from npm itself, at the end of an install

import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { isInstalled } from './installed.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');

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
if (!calledByNpm && !isInstalled(root)) install();
try {
  await build();
} catch (error) {
  console.error(`highwater: ${error instanceof Error ? error.message : error}`);
  process.exit(1);
}
