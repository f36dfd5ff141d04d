// Profiles as the addon returns them, from stacks, and the text of frames.

import type { Profile, ProfileNode } from '@highwater/native';

import type { Frame } from '../../../../packages/core/src/types.js';

export const APP = '/app/src/app.ts';
export const DEPENDENCY = '/app/node_modules/dep/index.js';
export const RUNNER = '/app/node_modules/@vitest/runner/dist/index.js';
export const OWN = '/app/node_modules/@highwater/core/dist/esm/index.js';
export const NODE = 'node:events';

/** `'name@script:line'`; no script is a builtin. */
export type Spot = string;

interface Row {
  /** Outermost first, as one reads a call. */
  readonly stack: readonly Spot[];
  readonly counts: readonly number[];
  readonly bytes: readonly number[];
}

/** Where every profile begins. */
export const rootNode: ProfileNode = {
  parent: -1,
  functionName: '(root)',
  scriptName: '',
  scriptId: 0,
  line: 0,
  column: 0,
};

/** A profile as the addon returns it, from stacks. */
export function profileOf(...rows: readonly Row[]): Profile {
  const nodes: ProfileNode[] = [rootNode];
  const scripts: string[] = [''];
  const leaves = rows.map((row) => {
    let parent = 0;
    for (const spot of row.stack) {
      const [, functionName = '', scriptName = '', line = '0'] =
        /^([^@]*)@?(.*?):?(\d*)$/.exec(spot) ?? [];
      if (!scripts.includes(scriptName)) scripts.push(scriptName);
      const scriptId = scripts.indexOf(scriptName);
      const column = scriptName === '' ? 0 : 5;
      const same = nodes.findIndex(
        (node) =>
          node.parent === parent &&
          node.functionName === functionName &&
          node.scriptId === scriptId &&
          node.line === Number(line),
      );
      parent =
        same >= 0
          ? same
          : nodes.push({
              parent,
              functionName,
              scriptName,
              scriptId,
              line: Number(line),
              column,
            }) - 1;
    }
    return parent;
  });
  const readings = rows[0]?.counts.length ?? 0;
  const columns = (pick: (row: Row) => readonly number[]): Float64Array[] =>
    Array.from({ length: readings }, (_, reading) => {
      const column = new Float64Array(nodes.length);
      rows.forEach((row, index) => {
        const leaf = leaves[index] ?? 0;
        column[leaf] = (column[leaf] ?? 0) + (pick(row)[reading] ?? 0);
      });
      return column;
    });
  return {
    nodes,
    counts: columns((row) => row.counts),
    bytes: columns((row) => row.bytes),
  };
}

export function row(stack: readonly Spot[], count = 10, bytes = 160): Row {
  return { stack, counts: [count], bytes: [bytes] };
}

/** `name file:line`, innermost first. */
export function text(frames: readonly Frame[]): readonly string[] {
  return frames.map(({ functionName, file, line }) =>
    `${functionName} ${file}:${String(line)}`.trim(),
  );
}

export const AROUND = [
  `runTest@${RUNNER}:9`,
  `test@${APP}:1`,
  `measure@${OWN}:3`,
  'call',
];
