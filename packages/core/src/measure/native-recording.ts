// Passes during which native memory is recorded.

import type { Native, NativeDetail } from '../native.js';
import type { Steps } from './flow.js';

/** Runs `body` while the addon records; its argument says why it does not, where it can't. */
export function* recordingNative<T>(
  addon: Native,
  detail: NativeDetail,
  body: (unavailable: string | undefined) => Steps<T>,
): Steps<T> {
  const failed = addon.startNative(detail);
  try {
    return yield* body(failed?.unavailable);
  } finally {
    addon.stopNative();
  }
}
