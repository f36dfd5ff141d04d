// What of a raw stack is worth showing.

import type { Frame } from '../types.js';

/**
 * A stack without what surrounds the user's code; innermost first. `undefined` when the
 * allocation is not the user's at all but highwater's or the runner's.
 *
 *     builtin, node   user, dependency, builtin, node, runner   highwater, runner, node
 *     collapse        the measured code: builtin, node collapse  cut off
 */
export function trimStack<F extends Frame>(
  stack: readonly F[],
  internals: boolean,
): readonly F[] | undefined {
  const boundary = stack.findIndex((frame) => frame.origin === 'highwater');
  const inside = boundary < 0 ? stack : stack.slice(0, boundary);
  const outermost = inside.findLastIndex(isOfUser);
  if (outermost < 0) return boundary < 0 ? withoutUser(stack, internals) : undefined;
  const kept = inside.slice(0, outermost + 1);
  return internals ? kept : kept.filter((frame) => !isInternal(frame));
}

/** Callbacks that Node or V8 make on their own. */
function withoutUser<F extends Frame>(
  stack: readonly F[],
  internals: boolean,
): readonly F[] | undefined {
  if (stack.length === 0 || stack.some((frame) => frame.origin === 'runner'))
    return undefined;
  if (internals) return stack;
  const node = stack.find((frame) => frame.origin === 'node');
  return [node ?? (stack[0] as F)];
}

function isOfUser(frame: Frame): boolean {
  return frame.origin === 'user' || frame.origin === 'dependency';
}

function isInternal(frame: Frame): boolean {
  return frame.origin === 'node' || frame.origin === 'builtin';
}
