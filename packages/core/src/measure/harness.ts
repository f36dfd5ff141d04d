// Byte windows that start alike, and what awaiting costs in them.

import type { ByteWindow } from '../native.js';
import type { Caller } from './caller.js';
import { type Steps, wait } from './flow.js';

const WARM_CALLS = 20;
const ROUNDS = 3;
const MOST_CALLS = 10;

// A round below this fits into a page of the young generation (256 kB): no collection, and
// no page's unused end, falls into it.
const PAGE_BYTES = 200_000;

/**
 * Byte windows, each from a known start: a fresh page of the young generation, hidden
 * classes in place.
 */
export function* byteWindows(
  caller: Caller,
  calls: number,
  rounds: number,
  isOver: () => boolean = () => false,
): Steps<readonly ByteWindow[]> {
  const windows: ByteWindow[] = [];
  while (windows.length < rounds) {
    const last = windows.at(-1);
    if (last === undefined || last.allocatedBytes > PAGE_BYTES) {
      caller.addon.collectGarbage('full');
      // A full collection drops hidden classes that only inline caches remember; one
      // call brings them back.
      yield* wait(caller.call(1));
    }
    // Twice: the first leaves what is alive at the start of a page, where it would decide
    // how much of the last page's end is too small for the next object.
    caller.addon.collectGarbage('minor');
    caller.addon.collectGarbage('minor');
    windows.push(yield* wait(caller.callInByteWindow(calls)));
    if (isOver()) break;
  }
  return windows;
}

/** Calls that fit into one page. At least 1, and no more than bring anything. */
export function callsPerPage(bytesPerCall: number): number {
  const fitting = Math.floor(PAGE_BYTES / Math.max(1, bytesPerCall));
  return Math.max(1, Math.min(MOST_CALLS, fitting));
}

/** What calling costs without the function. All 0 for sync functions. */
export interface HarnessCost {
  readonly allocatedBytes: number;
  /** 0 unless native memory is recorded; so are the next. */
  readonly nativeBytes: number;
  readonly nativeCount: number;
  readonly nativePeakBytes: number;
}

export function* harnessCost(caller: Caller, calls: number): Steps<HarnessCost> {
  const { idle } = caller;
  if (idle === undefined) {
    return { allocatedBytes: 0, nativeBytes: 0, nativeCount: 0, nativePeakBytes: 0 };
  }
  yield* wait(idle.call(WARM_CALLS));
  const windows = yield* byteWindows(idle, calls, ROUNDS);
  const least = (of: (window: ByteWindow) => number): number =>
    Math.min(...windows.map(of));
  return {
    allocatedBytes: least((window) => window.allocatedBytes),
    nativeBytes: least(({ native }) => native?.allocatedBytes ?? 0),
    nativeCount: least(({ native }) => native?.allocatedCount ?? 0),
    nativePeakBytes: least(({ native }) => native?.peakBytes ?? 0),
  };
}
