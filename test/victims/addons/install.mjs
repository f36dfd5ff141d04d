// Installs the addons of others, prebuilt, when the lock file has changed.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { npm } from '../../tools/npm.mjs';

const folder = import.meta.dirname;
const require = createRequire(join(folder, 'package.json'));

export function installAddons() {
  const lock = readFileSync(join(folder, 'package-lock.json'), 'utf8');
  const marker = join(folder, 'node_modules/.installed');
  if (existsSync(marker) && readFileSync(marker, 'utf8') === lock) return;
  // Not `npm ci`: the lock file lacks optional packages for other systems, which it refuses.
  npm(['install', '--no-save', '--ignore-scripts', '--silent'], folder);
  writeFileSync(marker, lock);
}

/**
 * One of them. Only where {@link installAddons} has run.
 * @param {'lmdb' | 'sharp'} name
 * @returns {any} it has types of its own, and they are of no use here
 */
export function requireAddon(name) {
  return require(name);
}
