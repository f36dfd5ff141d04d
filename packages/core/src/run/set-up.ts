// Whether a runner's project loads highwater before its tests.

import { readFileSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';

const packages = new Map<string, string | undefined>();

/**
 * @param files that are loaded before each test file; absolute paths
 * @param name of highwater's package for the runner
 */
export function hasSetUp(files: readonly string[], name: string): boolean {
  return files.some((file) => {
    if (!packages.has(file)) packages.set(file, packageOf(file));
    return packages.get(file) === name;
  });
}

/** The name of the package that a file belongs to. */
function packageOf(file: string): string | undefined {
  try {
    for (let folder = dirname(realpathSync(file)); ; folder = dirname(folder)) {
      const name = nameIn(folder);
      if (name !== undefined || folder === dirname(folder)) return name;
    }
  } catch {
    // There is no such file: the runner says so.
    return undefined;
  }
}

function nameIn(folder: string): string | undefined {
  try {
    const text = readFileSync(join(folder, 'package.json'), 'utf8');
    const { name } = JSON.parse(text) as { readonly name?: unknown };
    return typeof name === 'string' ? name : undefined;
  } catch {
    return undefined;
  }
}
