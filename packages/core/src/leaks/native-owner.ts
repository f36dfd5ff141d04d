// Whose native code asked for memory: that of Node and V8 alone, or that of addons and libraries?

import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { CallsiteSeries } from '../callsites.js';
import { sum } from '../stats.js';
import type { NativeFrame } from '../types.js';

/** Distributions put most of Node into a library. */
const NODE_LIBRARY = /^libnode\.so(\.|$)/;

/** At every reading, what no stack of Node's code alone has asked for. All of it where native frames are not known. */
export function bytesOfOthers({
  bytes,
  nativeStacks = [],
}: CallsiteSeries): readonly number[] {
  const ofNode = nativeStacks.filter(({ frames }) => frames.every(isNode));
  return bytes.map(
    (all, reading) => all - sum(ofNode.map((stack) => stack.bytes[reading] ?? 0)),
  );
}

function isNode({ module }: NativeFrame): boolean {
  return module === nodeFile() || NODE_LIBRARY.test(module);
}

let nodeName: string | undefined;

/** As the addon names it: what is run, not what links to it. */
function nodeFile(): string {
  nodeName ??= basename(realpathSync(process.execPath));
  return nodeName;
}
