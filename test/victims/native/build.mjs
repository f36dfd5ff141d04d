// Compiles the victim addon when its source has changed. Only the tests need a compiler.

import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runNodeGyp } from '../../../native/build.mjs';

const here = dirname(fileURLToPath(import.meta.url));
const FILES = ['victim.cc', 'binding.gyp'];

/** Where the addon is, once {@link buildVictimAddon} has run. */
export const victimAddon = join(
  here,
  '../../../.native-tests/victim/build/Release/victim.node',
);

/** @returns {string} the path of the addon */
export function buildVictimAddon() {
  const directory = join(dirname(victimAddon), '../..');
  const marker = join(directory, 'victim.hash');
  const hash = createHash('sha256');
  for (const file of FILES) hash.update(readFileSync(join(here, file)));
  const sources = hash.digest('hex');
  const isCurrent =
    existsSync(victimAddon) &&
    existsSync(marker) &&
    readFileSync(marker, 'utf8') === sources;
  if (isCurrent) return victimAddon;
  mkdirSync(directory, { recursive: true });
  for (const file of FILES) copyFileSync(join(here, file), join(directory, file));
  runNodeGyp(process.execPath, directory);
  writeFileSync(marker, sources);
  return victimAddon;
}
