// What to do about something that is held.

import type { RetainerKind, RetainerPath } from '../types.js';

// The last of these on the path is what the user can change.
const ADVICE: Partial<Record<RetainerKind, string>> = {
  'map-entry': 'delete the entry when it is done with, or key a WeakMap by the object.',
  'set-entry': 'delete it from the Set when it is done with, or use a WeakSet.',
  'weak-map-value':
    'let go of the key: a WeakMap holds a value as long as its key is alive.',
  listener: 'remove the listener, or add it with `once` or an AbortSignal.',
  timer: 'clear the timer when it is done with.',
  reaction: 'settle the promise: until then it holds its callbacks.',
  await: 'settle the promise that is awaited: until then it holds the variables.',
  generator: 'finish the generator, or drop it: it holds its variables.',
  element: 'take it out of the list when it is done with.',
  global: 'delete the global when it is done with.',
};

/** A sentence without its first capital, or nothing where only the path can tell. */
export function adviceFor(path: RetainerPath | undefined): string | undefined {
  const last = path?.steps.findLast(({ kind }) => ADVICE[kind] !== undefined);
  return last === undefined ? undefined : ADVICE[last.kind];
}
