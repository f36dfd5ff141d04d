// Retainer paths as V8 draws them, from text, and what they are read with.

import { retainerLines } from '../../../../packages/core/src/format/retainer-text.js';
import { toStyle } from '../../../../packages/core/src/format/style.js';
import type { LiveScopes } from '../../../../packages/core/src/heap/live-scopes.js';
import { readPaths } from '../../../../packages/core/src/heap/paths.js';
import type { HeapStep } from '../../../../packages/core/src/native.js';
import { keepPositions } from '../../../../packages/core/src/source-map.js';
import type { RetainerPath } from '../../../../packages/core/src/types.js';

export const root = '/home/ada/app';

export const SOURCE = `import { x } from './x.js';

export const sessions = new Map();
function open(id) {
  const session = {};
  return () => session;
}
const twice = 1;
{ const inner = 1; }
function other() {
  const twice = 2;
}
`;

/** What the living heap would tell, by id. */
export const names = new Map<number, string>();

export const sources = {
  withLiveScopes: <T>(body: (scopes: LiveScopes) => T): T =>
    body({
      variablesOf: () => new Map(names),
      functionOf: () => 5,
      timerOf: () => ({ durationMs: 60_000, isRepeated: true }),
    }),
  mapper: keepPositions,
  readText: (path: string) => {
    if (path === `${root}/src/registry.ts`) return SOURCE;
    throw new Error('ENOENT');
  },
};

/** Of a scope that no function on the path tells of, one holder can be found. */
export const graph = {
  node: (id: number) => ({ ...raw('property f > closure waits @ 10')[1]!.node, id }),
  paths: () => [
    raw('property f > closure helper @ 4\ninternal context > object system / Context'),
  ],
};

/**
 * Steps as V8 draws them, one a line: `edge type, edge name > node type, node name (< key) (@ line)`.
 * The root comes by itself.
 */
export function raw(text: string): readonly HeapStep[] {
  const rows = text
    .trim()
    .split('\n')
    .map((line) => line.trim());
  return ['. > synthetic ', ...rows].map((line, id) => {
    const [, edgeType = '', edgeName = '', type = '', name = '', key, at] =
      /^(\S+) ?(.*?) > (\S+) ?(.*?)(?: < (.+?))?(?: @ (\d+))?$/.exec(line) ?? [];
    const node = (nodeType: string, nodeName: string) => ({
      id: id * 2 + 1,
      type: nodeType,
      name: nodeName,
      shallowBytes: 16,
      retainedBytes: 100,
    });
    return {
      edgeType,
      edgeName,
      node: {
        ...node(type, name),
        ...(at && {
          place: {
            scriptId: 7,
            scriptName: `file://${root}/src/registry.ts`,
            line: Number(at),
            column: 5,
          },
        }),
      },
      ...(key && {
        key: /^[A-Z]/.test(key)
          ? { ...node('object', key), id: id * 2 + 1_001 }
          : { ...node('string', key), id: id * 2 + 1_001 },
      }),
    };
  });
}

export function read(text: string): RetainerPath {
  return readPaths([raw(text)], graph, sources)[0]!;
}

export function lines(text: string, options = {}): string {
  return retainerLines(read(text), toStyle({ root, ...options })).join('\n');
}

export const ROOTS = `
  element 1 > synthetic (GC roots)
  element 10 > synthetic (Global handles)`;

export const GLOBAL = 'shortcut 2 > object global';
