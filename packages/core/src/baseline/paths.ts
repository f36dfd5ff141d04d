// Names of files as a baseline keeps them, and where baselines lie.

import { existsSync } from 'node:fs';
import { basename, dirname, join, posix } from 'node:path';

/** The baseline file of a test file: `__memory__/<name>.memory.json` beside it. */
export function baselinePath(testFile: string): string {
  return join(dirname(testFile), FOLDER, `${basename(testFile)}${SUFFIX}`);
}

export const FOLDER = '__memory__';
export const SUFFIX = '.memory.json';

/** The test file that a baseline file belongs to. */
export function testFileOf(baselineFile: string): string {
  const name = basename(baselineFile).slice(0, -SUFFIX.length);
  return join(dirname(dirname(baselineFile)), name);
}

/** The nearest folder above a file that has a package.json: the same for every runner and every `cd`. */
export function projectRoot(
  file: string,
  exists: (path: string) => boolean = existsSync,
): string {
  const start = dirname(file);
  for (let folder = start; ; folder = dirname(folder)) {
    if (exists(join(folder, 'package.json'))) return folder;
    if (folder === dirname(folder)) return start;
  }
}

/**
 * A path relative to `root`, with `/`. A dependency is named from its `node_modules` on, wherever an
 * installer has put it: `node_modules/acorn/dist/acorn.js`.
 */
export function pathBelow(root: string, file: string): string {
  const path = file.replaceAll('\\', '/');
  const dependency = /.*\/node_modules\/(.+)$/.exec(path)?.[1];
  if (dependency !== undefined) return `node_modules/${dependency}`;
  // `node:fs`, `<eval>` and builtins lie nowhere.
  if (!/^(?:\/|[A-Za-z]:\/)/.test(path)) return path;
  return posix.relative(root.replaceAll('\\', '/'), path);
}
