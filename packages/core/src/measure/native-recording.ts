// Passes during which native memory is recorded, and what they read.

import type { Native, NativeDetail, NativeProfile } from '../native.js';
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

/**
 * Records stacks, and once more if V8's profiler, which names them, has lost all that it was told: once in some 6,000
 * recordings of `npm run stress`, on Node 26.
 */
export function* recordingNames<
  T extends { readonly profile?: NativeProfile | undefined },
>(record: () => Steps<T>): Steps<T> {
  const first = yield* record();
  const { profile } = first;
  const hasLostNames =
    profile !== undefined && profile.unnamedCount > profile.nodes.length;
  return hasLostNames ? yield* record() : first;
}
