// Which native functions stand between a line of JavaScript and the memory it asks for.

import type { ProfileNode } from '@highwater/native';
import { sum } from '../stats.js';
import type { NativeFrame, NativeStack } from '../types.js';

/** What one native stack on top of a callsite held at every reading. */
export interface NativeSeries {
  /** Innermost first; at least one frame. */
  readonly frames: readonly NativeFrame[];
  readonly bytes: readonly number[];
}

/** The native frames among the nodes of a stack, innermost first. */
export function nativeFramesOf(
  nodes: readonly (ProfileNode | undefined)[],
): readonly NativeFrame[] {
  return nodes.flatMap((node) =>
    node?.module === undefined
      ? []
      : { functionName: node.functionName, module: node.module },
  );
}

/** The native stacks of one callsite, summed up by their frames. */
export class NativeStackSums {
  readonly #stacks = new Map<
    string,
    { frames: readonly NativeFrame[]; bytes: number[] }
  >();

  add(frames: readonly NativeFrame[], bytes: readonly number[]): void {
    if (frames.length === 0) return;
    const key = frames.map((frame) => `${frame.functionName}@${frame.module}`).join('\n');
    const stack = this.#stacks.get(key) ?? { frames, bytes: [] };
    this.#stacks.set(key, stack);
    bytes.forEach((value, reading) => {
      stack.bytes[reading] = (stack.bytes[reading] ?? 0) + value;
    });
  }

  /** Nothing where native frames were not asked for. */
  read(): { readonly nativeStacks?: readonly NativeSeries[] } {
    return this.#stacks.size === 0 ? {} : { nativeStacks: [...this.#stacks.values()] };
  }
}

/** How a site's bytes of one reading were asked for; most bytes first. */
export function nativeStacksAt(
  { nativeStacks }: { readonly nativeStacks?: readonly NativeSeries[] },
  reading: number,
): { readonly nativeStacks?: readonly NativeStack[] } {
  if (nativeStacks === undefined) return {};
  const bytesOf = ({ bytes }: NativeSeries): number => Math.max(0, bytes[reading] ?? 0);
  const all = sum(nativeStacks.map(bytesOf));
  const found = nativeStacks
    .filter((stack) => bytesOf(stack) > 0)
    .map((stack) => ({ frames: stack.frames, share: bytesOf(stack) / all }))
    .sort((a, b) => b.share - a.share);
  return found.length === 0 ? {} : { nativeStacks: found };
}
