// The tracking of the test file that runs now. Kept on the global object of the test's own world, because the
// ESM and the CommonJS copy of this package share it.

import type { FileTracking } from './file.js';

interface State {
  tracking: FileTracking | undefined;
  /** Bodies with limits that are under way, with or without tracking. */
  limitedCount: number;
}

const KEY = Symbol.for('highwater.tracking');

export function trackingState(): State {
  const world = globalThis as { [KEY]?: State };
  world[KEY] ??= { tracking: undefined, limitedCount: 0 };
  return world[KEY];
}
