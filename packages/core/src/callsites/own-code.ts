// Where highwater itself lies on this disk. No `import.meta`: this is also built to CommonJS.

import { filePathOf } from '../source-map.js';
import { slashes } from './slashes.js';

/** Folders, with `/` at the end, whose files are highwater's own. */
export type OwnFolders = readonly string[];

/** The file of this very code, which may be a bundle. */
export const ownFile: string = callerFile();

/** Our own folders when run from a clone or a bundle; an installation is known by its package names. */
export const ownFolders: OwnFolders = ownFoldersFrom(ownFile);

/** The folders to take for our own when `file` is one of our files. */
export function ownFoldersFrom(file: string): OwnFolders {
  const clone = /^(.*\/)packages\/[^/]+\/(?:src|dist)\//.exec(file)?.[1];
  if (clone !== undefined) {
    return [
      ...['core', 'vitest', 'jest', 'report', 'cli'].flatMap((name) => [
        `${clone}packages/${name}/src/`,
        `${clone}packages/${name}/dist/`,
      ]),
      `${clone}native/`,
    ];
  }
  const built = /^.*\/dist\//.exec(file)?.[0];
  return built === undefined ? [] : [built];
}

/** The file of this very code, whatever the runner has made of stack traces. */
function callerFile(): string {
  const { prepareStackTrace, stackTraceLimit } = Error;
  try {
    Error.stackTraceLimit = 1;
    Error.prepareStackTrace = (_, sites) => sites[0]?.getFileName() ?? '';
    return slashes(filePathOf(String(new Error().stack)));
  } catch {
    // Frozen intrinsics: then nobody else has changed stack traces either.
    return slashes(filePathOf(fileInStack(String(new Error().stack))));
  } finally {
    restore(prepareStackTrace, stackTraceLimit);
  }
}

function fileInStack(stack: string): string {
  return /\n +at (?:.*\()?(.*?):\d+:\d+\)?/.exec(stack)?.[1] ?? '';
}

function restore(
  prepareStackTrace: typeof Error.prepareStackTrace,
  stackTraceLimit: number,
): void {
  try {
    // An own property with the value `undefined` hides Node's handler no less than a function does.
    if (prepareStackTrace === undefined)
      Reflect.deleteProperty(Error, 'prepareStackTrace');
    else Error.prepareStackTrace = prepareStackTrace;
    Error.stackTraceLimit = stackTraceLimit;
  } catch {
    // Frozen intrinsics.
  }
}
