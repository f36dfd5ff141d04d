// Installs a peer into its own folder (node_modules there is ignored by git), once per
// lock file and Node.

import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join, resolve } from 'node:path';

const PEERS = {
  memlab: { scripts: false },
  // Its heap diffs are in an addon.
  leakage: { scripts: true },
};

/** @typedef {keyof typeof PEERS} PeerName */

function environment() {
  const env = { ...process.env };
  // Settings of the npm that runs us.
  for (const name of Object.keys(env)) if (/^npm_/i.test(name)) delete env[name];
  const prefix = resolve(dirname(process.execPath), '..');
  if (existsSync(join(prefix, 'include/node/node.h'))) env.npm_config_nodedir = prefix;
  return {
    ...env,
    PATH: `${dirname(process.execPath)}${delimiter}${env.PATH}`,
    PUPPETEER_SKIP_DOWNLOAD: '1',
    PUPPETEER_SKIP_CHROMIUM_DOWNLOAD: '1',
  };
}

function npmCi(directory, { scripts }) {
  const args = ['ci', '--no-audit', '--no-fund', scripts ? '' : '--ignore-scripts'];
  const { status, error, stderr } = spawnSync('npm', args.filter(Boolean), {
    cwd: directory,
    encoding: 'utf8',
    stdio: ['ignore', 'ignore', 'pipe'],
    env: environment(),
    timeout: 300_000,
  });
  if (error) return error.message;
  if (status === 0) return undefined;
  const complaints = stderr
    .split('\n')
    .filter((line) => /^npm (err!|error)/i.test(line))
    .map((line) => line.replace(/^npm (err!|error)\s*/i, ''))
    .filter(Boolean);
  return complaints.slice(0, 2).join(', ') || `npm ci ended with exit code ${status}`;
}

/**
 * @param {PeerName} name
 * @returns {{ program: string } | { unavailable: string }}
 */
export function installPeer(name) {
  const directory = join(import.meta.dirname, name);
  const program = join(directory, 'check.mjs');
  const key = createHash('sha256')
    .update(readFileSync(join(directory, 'package-lock.json')))
    .update(process.versions.modules)
    .digest('hex');
  const marker = join(directory, 'node_modules/.installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === key) return { program };
  const why = npmCi(directory, PEERS[name]);
  if (why !== undefined) return { unavailable: why };
  writeFileSync(marker, key);
  return { program };
}
