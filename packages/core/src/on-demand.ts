// Packages that few test files need, loaded by those that do: together they take a third of the time in which
// highwater is loaded, and Jest and isolated workers load it for each file.

import { createRequire } from 'node:module';
import { firstWorld } from './first-world.js';
import { ownFile } from './own-file.js';

/**
 * Where it has been loaded for another file of this thread, it is that.
 *
 * @throws Error where Node cannot: before 20.16 and 22.3
 */
export function loadOutside<Exports>(name: string): Exports {
  const { process } = firstWorld();
  if (!hasOutside()) {
    throw new Error(
      `Node ${process.version} has no process.getBuiltinModule, which this needs: use Node 20.19, 22.3 or later.`,
    );
  }
  const outside = process.getBuiltinModule('node:module');
  return outside.createRequire(ownFile)(name) as Exports;
}

function hasOutside(): boolean {
  return typeof firstWorld().process.getBuiltinModule === 'function';
}

/** In an older Node for each file anew. */
function loadPackage<Exports>(name: string): Exports {
  if (hasOutside()) return loadOutside(name);
  return createRequire(ownFile)(name) as Exports;
}

const packages: (() => unknown)[] = [];

function onDemand<Exports>(name: string): () => Exports {
  let loaded: Exports | undefined;
  const load = (): Exports => {
    loaded ??= loadPackage<Exports>(name);
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
