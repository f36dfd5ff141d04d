// Whose native code asked for memory: that of Node and V8 alone, or that of addons and libraries?

import { readlinkSync } from 'node:fs';
import { basename } from 'node:path';
import type { NativeSeries } from '../callsites/native-stacks.js';
import type { CallsiteSeries } from '../callsites.js';
import { sum } from '../stats.js';
import type { NativeFrame } from '../types.js';

/** Distributions put most of Node into a library. The other one has `operator new`, which somebody else calls. */
const NODE_LIBRARY = /^lib(node|stdc\+\+)\.so(\.|$)/;

/**
 * At every reading, what no stack of Node's code alone has asked for: first all of it, then by stack. All the bytes where
 * native frames are not known.
 */
export function bytesOfOthers({
  bytes,
  nativeStacks = [],
}: CallsiteSeries): readonly (readonly number[])[] {
  const isOfNodeAlone = ({ frames }: NativeSeries): boolean => frames.every(isOfNode);
  const ofNode = nativeStacks.filter(isOfNodeAlone);
  const ofOthers = bytes.map(
    (all, reading) => all - sum(ofNode.map((stack) => stack.bytes[reading] ?? 0)),
  );
  const others = nativeStacks.filter((stack) => !isOfNodeAlone(stack));
  return [ofOthers, ...others.map((stack) => stack.bytes)];
}

function isOfNode({ module }: NativeFrame): boolean {
  return module === nodeFile() || NODE_LIBRARY.test(module);
}

let nodeName: string | undefined;

/** As the addon names it, also where an upgrade has removed the file since. */
function nodeFile(): string {
  nodeName ??= basename(executable());
  return nodeName;
}

function executable(): string {
  try {
    return readlinkSync('/proc/self/exe');
  } catch {
    return process.execPath;
  }
}
