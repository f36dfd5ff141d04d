// Whether a folder's node_modules is what its lock file wants, by npm's own record.

import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

function readPackages(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

/**
 * @param {string} folder with a package-lock.json
 */
export function isInstalled(folder) {
  const record = join(folder, 'node_modules/.package-lock.json');
  if (!existsSync(record)) return false;
  const installed = readPackages(record);
  return Object.entries(readPackages(join(folder, 'package-lock.json'))).every(
    ([path, wanted]) => {
      if (!path.includes('node_modules/')) return true;
      const found = installed[path];
      // Binaries of other platforms are optional, and not installed here.
      if (found === undefined) return wanted.optional === true;
      return found.version === wanted.version && found.link === wanted.link;
    },
  );
}
