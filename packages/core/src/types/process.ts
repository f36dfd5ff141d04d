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
