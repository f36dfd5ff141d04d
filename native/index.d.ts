// The only contract of the addon. Bytes are bytes, times are milliseconds,
// counts are exact. Every function must be called on the thread that loaded it.

/** V8's heap over one window. The observer itself allocates nothing in it. */
export interface ByteWindow {
  /** Everything allocated, collected or not. Exact to the byte while no collection falls into the window. */
  readonly allocatedBytes: number;
  /** Highest used heap above the start, garbage included. */
  readonly peakUsedBytes: number;
  readonly minorGcCount: number;
  readonly majorGcCount: number;
  readonly gcPauseMs: number;
}

/** Live high-water mark over one window. */
export interface PeakWindow {
  /** Highest live heap above the start that a collection has confirmed. */
  readonly peakLiveBytes: number;
  /** Bytes that had been allocated in the window when it was seen. */
  readonly peakAtBytes: number;
  /** Collections made to look at what is live. */
  readonly lookCount: number;
}

/** When to look at what is live, in bytes allocated since the window opened. */
export interface LookPlan {
  readonly everyBytes: number;
  readonly fromBytes: number;
  readonly toBytes: number;
}

/** One stack position of a sampling profile; `parent` is an index into the same list, -1 for the root. */
export interface ProfileNode {
  readonly parent: number;
  readonly functionName: string;
  readonly scriptName: string;
  readonly scriptId: number;
  /** 1-based start of the function; 0 when unknown. */
  readonly line: number;
  readonly column: number;
}

/** What the allocation stacks held at every reading, in order. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Per reading, per node: objects allocated by exactly this stack. */
  readonly counts: readonly Float64Array[];
  /** Per reading, per node: bytes allocated by exactly this stack. */
  readonly bytes: readonly Float64Array[];
}

export type Reading = number | { readonly unavailable: string };

/** Memory of the whole process. */
export interface ProcessMemory {
  readonly rssBytes: Reading;
  /** Highest RSS since the process began or {@link Native.resetPeakRss} was called. */
  readonly peakRssBytes: Reading;
  /** RSS with shared pages divided among the processes that share them. */
  readonly pssBytes: Reading;
  /** Pages of this process alone. */
  readonly ussBytes: Reading;
  readonly minorFaultCount: Reading;
  readonly majorFaultCount: Reading;
}

/** How the addon was built. */
export interface BuildInfo {
  /** `process.versions.modules` it was built for. */
  readonly abi: number;
  readonly v8: string;
}

export interface Native {
  readonly build: BuildInfo;

  /**
   * Takes this environment's only measurement slot: collections become possible and
   * bytecode is not flushed until {@link release}. False when somebody holds it already.
   */
  acquire(): boolean;
  /** Gives the slot back, closing whatever is still open and undoing the tier pin. */
  release(): void;

  /**
   * From now on nothing new is optimised, in the whole process. Undone by {@link unpinTier}
   * or {@link release}; nests over environments.
   */
  pinTier(): void;
  unpinTier(): void;

  /**
   * A collection, now. A full one first lets go of the targets that `WeakRef.deref` kept alive
   * in this turn. Needs the slot.
   */
  collectGarbage(kind: 'full' | 'minor'): void;
  usedHeapBytes(): number;

  /**
   * Collects until two readings of the used heap agree, and returns the last. What only an
   * event-loop turn lets go of stays. Needs the slot.
   */
  settle(): number;

  /**
   * Calls `fn` `calls` times and drops the results. Rethrows what it throws; an error with the
   * `code` `HIGHWATER_PROMISE` when it returns a promise. So do all calls below.
   */
  call(fn: () => unknown, calls: number): void;
  /** The same inside a byte window: reading, calls, reading, with no JS between. */
  callInByteWindow(fn: () => unknown, calls: number): ByteWindow;
  /** For awaited calls: the caller's own loop runs between these two. */
  openByteWindow(): void;
  closeByteWindow(): ByteWindow;

  /**
   * Rounds of calls of `fn`, `lengths` long, with {@link settle} before the first and after each,
   * and no JS between. Returns the used heap at every settling. `untilFlat` ends early when it has been
   * the same for 3 rounds, or has grown in each of 4.
   */
  callInSettledRounds(
    fn: () => unknown,
    lengths: readonly number[],
    untilFlat: boolean,
  ): number[];

  /**
   * One call of `fn` inside a peak window, which begins with a full collection. After each planned
   * position a full collection looks at what is live, at the next safe point (a function call; V8 has
   * few others). Positions are reached exactly, by filling the young generation with garbage until
   * only the way to the next one is left. With `everyBytes` 0 there is one look, at `fromBytes`, by the
   * scavenge itself: it needs no safe point, and may read up to some 100 kB too much.
   */
  callInPeakWindow(fn: () => unknown, plan: LookPlan): PeakWindow;
  openPeakWindow(plan: LookPlan): void;
  closePeakWindow(): PeakWindow;

  /**
   * Calls `fn` `calls` times with every allocation sampled, collected or not, and no JS
   * between. Undefined when somebody else samples already.
   */
  callSampled(fn: () => unknown, calls: number, depth: number): Profile | undefined;
  /**
   * Samples every allocation from now on, with stacks of up to `depth` frames. `'all'` keeps what
   * is collected in the profile, `'live'` drops it. False when somebody else samples already.
   */
  startSampling(keep: 'all' | 'live', depth: number): boolean;
  /** Remembers, in C++, what the profile holds at this moment. Returns how many objects that is. */
  readSampling(): number;
  /** Ends sampling and returns all readings. */
  stopSampling(): Profile;

  processMemory(): ProcessMemory;
  /** Sets the peak RSS back to the RSS of now. A text says why where it can't. */
  resetPeakRss(): { readonly unavailable: string } | undefined;
}

/** Loads the addon for this platform and Node. Throws an error that says what is missing and what to do. */
export function loadNative(): Native;
