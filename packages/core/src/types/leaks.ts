// What is asked about leaks, and what is found.

import type { RetainerPath } from './retainers.js';
import type { Frame, NativeStack, RunOptions } from './run.js';

/** Options of {@link findLeaks} and `toNotLeak`. */
export interface LeakOptions extends RunOptions {
  /** Growth per call that is accepted, e.g. `'1kB'`. Default: none. */
  readonly allow?: number | string;
  /**
   * Writes a `.heapsnapshot` of what was found to `.highwater/`, for Chrome DevTools. Default: false,
   * or true when the environment variable `HIGHWATER_SNAPSHOT` is set and not `0`.
   */
  readonly snapshot?: boolean;
}

/** One reading of a growing callsite. */
export interface LeakPoint {
  /** Calls made since the observation began. */
  readonly calls: number;
  /** Objects of this callsite alive after a settled collection. */
  readonly liveCount: number;
  readonly liveBytes: number;
}

/** A callsite whose survivors follow the number of calls. */
export interface LeakSite {
  /** Innermost first. */
  readonly frames: readonly Frame[];
  readonly objectsPerCall: number;
  readonly bytesPerCall: number;
  readonly series: readonly LeakPoint[];
  /** Of native memory: the line of the innermost frame, because addons have no lines of their own. */
  readonly code?: string;
  /** Of native memory, with `native: true`; most bytes first. */
  readonly nativeStacks?: readonly NativeStack[];
}

/** A line of JavaScript that calls into an addon or into Node. */
export interface NativeCaller {
  /** Innermost first. */
  readonly frames: readonly Frame[];
  /** What the innermost line says. */
  readonly code?: string;
}

/** Survivors of one class that the same older object holds in the same way. */
export interface LeakGroup {
  /** A class, `'(closure)'`, `'(string)'`... as Chrome DevTools calls it. */
  readonly className: string;
  /** Seen in the calls that decided. */
  readonly objectCount: number;
  readonly objectsPerCall: number;
  /** The objects themselves. */
  readonly bytesPerCall: number;
  /** With all that is only held by them and came with them. */
  readonly retainedBytesPerCall: number;
  /** Shortest of the paths that hold one of them. */
  readonly path: RetainerPath & {
    /** Index of the first step that holds something that survived. */
    readonly firstNew: number;
  };
  /** What they hold that came with them, by class; most bytes first. */
  readonly contents: readonly {
    readonly className: string;
    readonly objectsPerCall: number;
    readonly bytesPerCall: number;
  }[];
}

/** An older array, Map or Set, or a plain object used as a table, that has more entries after every round. */
export interface LeakCollection {
  readonly kind: 'Array' | 'Map' | 'Set' | 'Object';
  readonly entriesPerCall: number;
  /** At the end. */
  readonly entryCount: number;
  readonly path: RetainerPath;
}

/**
 * One thing that every call makes larger, or replaces by a larger one: a text, a list that is copied, a buffer; or a
 * memory of WebAssembly of which every call uses more.
 */
export interface LeakGrowth {
  readonly className: string;
  /** Of V8's heap and ArrayBuffer stores; of WebAssembly, whole pages that were ever touched. */
  readonly bytesPerCall: number;
  /** At the end, with all that only it holds; of a memory, what of it is in use. */
  readonly retainedBytes: number;
  readonly path: RetainerPath;
}

/** Something that stays open: a timer, a socket, a file. */
export interface LeakResource {
  /**
   * As in `process.getActiveResourcesInfo()`: `Timeout`, `TCPSocketWrap`; or `FileDescriptor`, an open file that no
   * handle stands for.
   */
  readonly type: string;
  readonly perCall: number;
  /** Paths of what is open: of files only, those that are open most often; at most 3. */
  readonly names?: readonly string[];
  /** The code that opens it, innermost first; absent when that was not seen. */
  readonly frames?: readonly Frame[];
}

/**
 * `leak`: something follows the number of calls. `clean`: nothing does.
 * `undecided`: something still grew when the time budget ended, and it could be a cache that fills.
 */
export type LeakVerdict = 'clean' | 'leak' | 'undecided';

/**
 * What kept a verdict from being reached. `time`: too few calls to tell a leak from a cache that fills. `heap-limit`: the same,
 * because more would not have fit into V8's heap. `event-loop`: a function waits for a turn that may let go of what is
 * held, and no turn passes while a sync function is called again and again. `snapshot-limit`: something stays, but the
 * heap is too large for a snapshot that tells what holds it.
 */
export type UndecidedReason = 'time' | 'heap-limit' | 'event-loop' | 'snapshot-limit';

/** Where the time of a verdict went, in milliseconds. */
export interface LeakTimings {
  readonly warmUpMs: number;
  /** Calls with only the heap read between them. */
  readonly plainMs: number;
  /** Calls with every allocation sampled. */
  readonly sampledMs: number;
  /** Heap snapshots and their analysis. */
  readonly snapshotMs: number;
}

/** The facts behind a leak verdict. */
export interface LeakReport {
  readonly verdict: LeakVerdict;
  /** Present when `undecided`. */
  readonly undecidedBecause?: UndecidedReason;
  /** Calls observed, warm-up not included. */
  readonly calls: number;
  readonly warmup: number;
  /** Growth of V8's heap per call over the settled readings, in bytes. */
  readonly heapBytesPerCall: number;
  /** Growth of ArrayBuffer stores per call, in bytes. */
  readonly arrayBufferBytesPerCall: number;
  /**
   * Growth of native memory per call, in bytes: ArrayBuffer stores and all other blocks. Absent where it could not
   * be recorded.
   */
  readonly nativeBytesPerCall?: number;
  /** Where the survivors were allocated; most bytes per call first. */
  readonly sites: readonly LeakSite[];
  /** What the survivors are and what holds them; most retained bytes first. */
  readonly groups: readonly LeakGroup[];
  /** Collections that grow without new objects on the heap, such as lists of small integers. */
  readonly collections: readonly LeakCollection[];
  /** What grows where no object stays: at most 1. */
  readonly growths: readonly LeakGrowth[];
  readonly resources: readonly LeakResource[];
  /**
   * Where native memory was asked for that is not given back, when nothing on V8's heap explains it; most bytes
   * per call first. Its objects are blocks. One without frames was asked for by no JavaScript: a thread of an addon, or
   * of Node's pool.
   */
  readonly nativeSites: readonly LeakSite[];
  /**
   * Where threads keep memory: lines that asked for some themselves meanwhile, and may have started the work of
   * those threads. At most 3.
   */
  readonly nativeCallers: readonly NativeCaller[];
  /** Why native memory, or its callsites, are not known here. */
  readonly nativeUnavailable?: string;
  /** Path of the heap snapshot that was written on request. */
  readonly snapshotFile?: string;
  /** Why what holds the survivors is not known: the heap is too large for a snapshot. */
  readonly noSnapshot?: string;
  readonly nodeVersion: string;
  readonly durationMs: number;
  readonly timings: LeakTimings;
}
