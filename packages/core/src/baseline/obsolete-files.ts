// Baseline files whose test files are gone: no test of theirs runs to report them.

import { existsSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, SUFFIX, testFileOf } from './paths.js';

/** All below a folder, sorted; `node_modules` and folders with a dot are not looked into. */
export function obsoleteFiles(root: string): readonly string[] {
  return baselineFiles(root)
    .filter((file) => !existsSync(testFileOf(file)))
    .sort();
}

/** Removes such files. */
export function removeFiles(files: readonly string[]): void {
  for (const file of files) rmSync(file, { force: true });
}

function baselineFiles(folder: string): string[] {
  const found: string[] = [];
  let entries: ReturnType<typeof entriesOf>;
  try {
    entries = entriesOf(folder);
  } catch {
    // Not ours to read.
    return [];
  }
  for (const entry of entries) {
    if (!entry.isDirectory() || entry.name === 'node_modules') continue;
    const path = join(folder, entry.name);
    if (entry.name === FOLDER) {
      found.push(
        ...entriesOf(path)
          .filter((file) => file.name.endsWith(SUFFIX) && !file.isDirectory())
          .map(({ name }) => join(path, name)),
      );
    } else if (!entry.name.startsWith('.')) {
      found.push(...baselineFiles(path));
    }
  }
  return found;
}

function entriesOf(folder: string) {
  return readdirSync(folder, { withFileTypes: true });
}
