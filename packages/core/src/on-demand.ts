// Packages that few test files need, loaded by those that do: together they take a third of the time in which
// highwater is loaded, and Jest and isolated workers load it for each file.

import { firstWorld } from './first-world.js';
import { ownFile } from './own-file.js';

/** Where it has been loaded for another file of this thread, it is that. */
export function loadOutside<Exports>(name: string): Exports {
  const { createRequire } = firstWorld().process.getBuiltinModule('node:module');
  return createRequire(ownFile)(name) as Exports;
}

const packages: (() => unknown)[] = [];

function onDemand<Exports>(name: string): () => Exports {
  let loaded: Exports | undefined;
  const load = (): Exports => {
    loaded ??= loadOutside<Exports>(name);
    return loaded;
  };
  packages.push(load);
  return load;
}

export const traceMapping = onDemand<typeof import('@jridgewell/trace-mapping')>(
  '@jridgewell/trace-mapping',
);
export const momoa =
  onDemand<typeof import('@humanwhocodes/momoa')>('@humanwhocodes/momoa');
export const diff = onDemand<typeof import('diff')>('diff');
export const picomatch = onDemand<typeof import('picomatch')>('picomatch');

/** Before a heap is read twice: what a report needs would be growth in between. */
export function loadPackages(): void {
  for (const load of packages) {
    try {
      load();
    } catch {
      // Who needs it says so.
    }
  }
}
