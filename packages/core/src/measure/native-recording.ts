// Passes during which native memory is recorded, and what they read.

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

/** Bytes of blocks that are held more than when recording began; undefined while nothing is recorded. */
export function heldNativeBytes(addon: Native): number | undefined {
  return addon.readNative()?.heldBytes;
}
