// What a driver gets: the package of a case, loaded by plain Node from where it is installed.

import { existsSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** @param {{ base: string, name: string, alias: string, version: string }} task */
export function packageUnderTest({ base, name, alias, version }) {
  const require = createRequire(join(base, 'driver.js'));
  const importFrom = async (specifier) => {
    // An import starts from the file it is written in: let that be one beside the package.
    const file = join(base, 'node_modules/.highwater-import.mjs');
    if (!existsSync(file)) {
      writeFileSync(file, 'export const load = (specifier) => import(specifier);\n');
    }
    const { load } = await import(pathToFileURL(file).href);
    return load(specifier);
  };
  return {
    alias,
    version,
    dir: join(base, 'node_modules', name),
    require: (sub = '') => require(name + sub),
    import: (sub = '') => importFrom(name + sub),
    resolve: (sub = '') => require.resolve(name + sub),
    requireFrom: (specifier) => require(specifier),
    importFrom,
  };
}
