// Whether a call needs the event loop: timers, files and sockets answer there, promises do not.

import { firstWorld } from '../first-world.js';

/**
 * Begins to look. Node calls `nextTick` callbacks when no promise has anything left to do: a call that is over before
 * waited for promises only.
 *
 * @returns whether anything has waited for more since
 */
export function watchForWaiting(): () => boolean {
  let hasWaited = false;
  // The real one: test code may have replaced that of its own world.
  firstWorld().process.nextTick(() => {
    hasWaited = true;
  });
  return () => hasWaited;
}
