// At which lines of the source the tests of a file are written.

import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { native, type WrittenAt } from '../native.js';
import { createSourceMapper } from '../source-map.js';

/** Where tests of a file are written, in the order of the tests; of one of them with the script's source map. */
export type Positions = readonly (WrittenAt | undefined)[];

/**
 * The frame of the test file that is running now.
 *
 * @param withSourceMap once for each file: it may be as large as the source
 */
export function callerIn(path: string, withSourceMap: boolean): WrittenAt | undefined {
  try {
    const addon = native();
    return (
      addon.callerIn(path, withSourceMap) ??
      addon.callerIn(pathToFileURL(path).href, withSourceMap)
    );
  } catch {
    // Without the addon records have no lines.
    return undefined;
  }
}

/** Where the functions start that are written in this file. */
export function startsIn(path: string, functions: readonly unknown[]): Positions {
  let isMapKnown = false;
  const url = pathToFileURL(path).href;
  try {
    const addon = native();
    return functions.map((fn) => {
      const at = addon.startOf(fn, !isMapKnown);
      if (at === undefined || (at.scriptName !== path && at.scriptName !== url)) {
        return undefined;
      }
      isMapKnown = true;
      return at;
    });
  } catch {
    return functions.map(() => undefined);
  }
}

/** 1-based lines of the source, by the map of the script. */
export function sourceLines(positions: Positions): readonly (number | undefined)[] {
  const withMap = positions.find((at) => at !== undefined && at.sourceMapUrl !== '');
  const map = createSourceMapper({
    findMapReferences: () =>
      new Map(
        withMap === undefined
          ? []
          : [
              [
                withMap.scriptId,
                { url: withMap.scriptName, sourceMapUrl: withMap.sourceMapUrl },
              ],
            ],
      ),
    readText: (path) => readFileSync(path, 'utf8'),
  });
  const known = positions.filter((at) => at !== undefined);
  // As of a function with a name: what is written there starts at the position or before it.
  const lines = map(known.map((at) => ({ ...at, functionName: 'test' })));
  const lineOf = new Map(known.map((at, index) => [at, lines[index]?.line]));
  return positions.map((at) =>
    at === undefined ? undefined : lineOf.get(at) || undefined,
  );
}
