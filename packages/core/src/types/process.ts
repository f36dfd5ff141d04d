// What the kernel and the allocator know of the whole process.

/** A reading the platform may not offer. */
export type Available<T> = T | { readonly unavailable: string };

/** Memory of the whole process: pages, not objects. In bytes. */
export interface ProcessMemory {
  /** Resident: pages that are in physical memory, shared ones included. */
  readonly rssBytes: Available<number>;
  /** Highest RSS since the process began, or since it was set back. */
  readonly peakRssBytes: Available<number>;
  /** RSS with shared pages divided among the processes that share them. */
  readonly pssBytes: Available<number>;
  /** Pages of this process alone: what its end would free. */
  readonly ussBytes: Available<number>;
  /** Pages that other processes map, too: libraries, and what a forked child has not changed. */
  readonly sharedBytes: Available<number>;
  readonly swapBytes: Available<number>;
  /** Pages that became resident without, and with, reading from a disk; since the process began. */
  readonly minorFaultCount: Available<number>;
  readonly majorFaultCount: Available<number>;
}

/** What glibc's `malloc` holds, over all its arenas. In bytes. */
export interface AllocatorStats {
  /** From the system: `inUseBytes` and `freeBytes`. */
  readonly arenaBytes: number;
  readonly arenaCount: number;
  /** Handed out, the allocator's own headers included. */
  readonly inUseBytes: number;
  /** Freed, and kept for the next `malloc`. */
  readonly freeBytes: number;
  /** Of these, what could be given back to the system at once. */
  readonly trimmableBytes: number;
  /** Large blocks with mappings of their own, which go back when they are freed. Not in `arenaBytes`. */
  readonly mappedBytes: number;
  readonly mappedCount: number;
  /** `freeBytes` as a share of `arenaBytes`, 0 to 1. */
  readonly fragmentation: number;
}

/** The allocator's fragmentation around a measurement, 0 to 1. */
export interface Fragmentation {
  readonly start: number;
  readonly end: number;
}

/** What one process took. Every number is of that process alone. */
export interface ProcessNumbers {
  readonly pid: number;
  /** File and arguments, without the folders of the file; at most 100 characters. */
  readonly command: string;
  /** Highest resident memory, in bytes; libraries that it shares with other processes are in it. */
  readonly peakRssBytes: Available<number>;
  /** True: the process itself read its peak when it ended. False: the highest seen from outside; it was no less. */
  readonly isPeakExact: boolean;
  /** Where it is Node and could load highwater. */
  readonly ledgers: Available<ProcessLedgers>;
}

/** What a child process took, from its start to its end, and what the Node processes took that it started. */
export interface ProcessMeasurement extends ProcessNumbers {
  /** As Node tells them: one of both is null. */
  readonly exitCode: number | null;
  readonly signal: string | null;
  /** From the call of `measureProcess` to the end, in milliseconds. */
  readonly durationMs: number;
  /** Whether it is Node. False, too, where nobody could see. */
  readonly isNode: boolean;
  /**
   * Node processes that reported, in the order they started: also ones below them, and ones that had not ended. Then,
   * where the child is a shell, programs that were seen below it.
   */
  readonly descendants: readonly DescendantMeasurement[];
}

/** A process below a child. */
export interface DescendantMeasurement extends ProcessNumbers {
  /** Of the process that started it. */
  readonly parentPid: number;
  readonly isNode: boolean;
  /** Undefined while it runs, where a signal ended it, and for what is not Node. */
  readonly exitCode: number | undefined;
  /** Of a Node process that told it. */
  readonly signal?: string;
}

/**
 * Of a process's main thread, from when Node has started to its `exit` event: worker threads have heaps of their
 * own, which are in its RSS.
 */
export interface ProcessLedgers {
  /** V8's heap, in bytes. `peakUsedBytes` is above the start, garbage included that V8 had not collected. */
  readonly heap: { readonly allocatedBytes: number; readonly peakUsedBytes: number };
  /** What ArrayBuffers, Node and addons asked `malloc` for, in bytes; `peakBytes` were held at once. */
  readonly native: Available<{
    readonly allocatedBytes: number;
    readonly peakBytes: number;
  }>;
}
