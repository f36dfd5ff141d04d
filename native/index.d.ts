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
  /** Memory outside the heap, while it is recorded ({@link Native.startNative}). */
  readonly native?: NativeReading;
}

/**
 * How much is recorded of native memory; each contains those before it. `counters`: sums. `blocks`: every
 * live block, and the peak. `stacks`: where each was allocated.
 */
export type NativeDetail = 'counters' | 'blocks' | 'stacks';

/** What `bodyCaller` calls, and who hears how it ended. */
export interface BodyPlan {
  /** `this` of the body. */
  readonly self: unknown;
  readonly args: readonly unknown[];
  readonly body: (...args: never[]) => unknown;
  readonly returned: (value: unknown) => unknown;
  readonly threw: (error: unknown) => void;
}

/** A position in a script as V8 compiled it. */
export interface WrittenAt {
  readonly scriptId: number;
  /** A path or a URL. */
  readonly scriptName: string;
  /** 1-based. */
  readonly line: number;
  /** 1-based. */
  readonly column: number;
  /** Empty where there is none, or it was not asked for. */
  readonly sourceMapUrl: string;
}

/**
 * What `malloc` and its relatives handed out to this thread's JavaScript, to what it calls, and to the
 * threads that work for it: Node's pool and threads that addons start. Bytes as they were asked for. Not in it:
 * what V8 allocates while it collects and on its own threads, what other threads of JavaScript
 * allocate, mappings, and blocks older than the recording.
 *
 * While several threads record at once, what pool and addon threads allocate belongs to none of them.
 */
export interface NativeReading {
  readonly allocatedBytes: number;
  /** Blocks. A `realloc` is one more block, and frees the old. */
  readonly allocatedCount: number;
  /** From `blocks` on; 0 before. */
  readonly liveBytes: number;
  readonly liveCount: number;
  /** Highest `liveBytes` of the recording; in a byte window, above its start. */
  readonly peakBytes: number;
  /** Freed by these, but allocated before the recording: rounded as the allocator does. From `blocks` on. */
  readonly olderFreedBytes: number;
  /** `liveBytes` less `olderFreedBytes`: what is held more than when the recording began, or less. */
  readonly heldBytes: number;
  /**
   * Address space that addons and their libraries have mapped, and most of it at once (in a byte window, above
   * its start). Not in the numbers above, which have blocks and WebAssembly memories.
   */
  readonly mappedBytes: number;
  readonly mappedPeakBytes: number;
}

/**
 * Native memory by the stack that allocated it; a reading for each {@link Native.readNativeSites}. Of a frame,
 * `line` is that of the call and `column` 0; of a builtin or a native function `line` is 0. The root holds what no
 * JavaScript asked for, and what pool and addon threads did.
 */
export interface NativeProfile extends Profile {
  /** Stacks that were seen but could not be named. Expected: 0. */
  readonly unnamedCount: number;
  /** How often V8 was asked for a stack: where it was new, and of others one in 64, to check. */
  readonly askedCount: number;
  /** Fingerprints of stacks that stood for two. Expected: 0; after the first, V8 is asked for every stack. */
  readonly mistakenCount: number;
  /** False where this V8 hides the line of the innermost frame, which then is 0. */
  readonly hasInnermostLines: boolean;
}

/** How the process's allocation functions are hooked. */
export interface NativeHooks {
  /** Slots of loaded objects that hold a hook; 0 while nobody records. */
  readonly slotCount: number;
  /** Slots that could not be patched, or not be put back because somebody else had patched them since. */
  readonly refusedCount: number;
  /** File and function of each. */
  readonly slots: readonly string[];
  /** V8's own, in the whole process, since the first of those who record began. */
  readonly v8Internal: NativeReading;
  /** Of pool and addon threads while several threads recorded. */
  readonly unattributed: NativeReading;
}

/** What is held between rounds of calls, in bytes: one reading before the first round and one after each. */
export interface SettledReadings {
  /** V8's used heap. */
  readonly heap: readonly number[];
  /**
   * {@link NativeReading.heldBytes}; undefined unless recorded. With `untilFlat` stores that have just died may still
   * be in it.
   */
  readonly native?: readonly number[];
}

/** Live high-water mark over one window. */
export interface PeakWindow {
  /** Highest live heap above the start that a collection has confirmed. */
  readonly peakLiveBytes: number;
  /** Bytes that had been allocated in the window when it was seen. */
  readonly peakAtBytes: number;
  /** Collections made to look at what is live. */
  readonly lookCount: number;
  /**
   * Largest object that V8 gave a mapping of its own, seen while native memory is recorded; 0 for none above
   * 512 KiB. It was alive then: the peak was no less.
   */
  readonly largestObjectBytes: number;
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
  /** Of a function that is not JavaScript, when asked for ({@link Native.startNative}): the name of its file. */
  readonly module?: string;
}

/** What the allocation stacks held at every reading, in order. */
export interface Profile {
  readonly nodes: readonly ProfileNode[];
  /** Per reading, per node: objects allocated by exactly this stack. */
  readonly counts: readonly Float64Array[];
  /** Per reading, per node: bytes allocated by exactly this stack. */
  readonly bytes: readonly Float64Array[];
}

/** What one test of a suite took. Without numbers when another measurement began in it. */
export type TestWindow =
  | { readonly isInterrupted: true }
  | {
      readonly isInterrupted: false;
      /** Everything allocated on V8's heap, collected or not. */
      readonly allocatedBytes: number;
      /** Highest used heap above the start, garbage included. */
      readonly peakUsedBytes: number;
      /**
       * Highest live heap above the start. Only where looks were asked for and so much was allocated that there
       * was one: else it is at most `allocatedBytes`.
       */
      readonly peakLiveBytes?: number;
      readonly gcPauseMs: number;
      /**
       * A body that {@link Native.bodyCaller} called drew from the `Math.random` of its world before it returned. False,
       * too, where this V8's numbers are not found.
       */
      readonly drawsRandom: boolean;
      /** Of the whole process, since the window opened. */
      readonly peakRssBytes: Reading;
      /** Above what there was when the window opened. From `blocks` on with what is live. */
      readonly native?: NativeReading;
      readonly nativeUnavailable?: string;
      /** Of one reading; absent when nothing was sampled, or somebody else samples. */
      readonly profile?: Profile;
    };

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
  /** Pages that other processes map, too: libraries mostly. */
  readonly sharedBytes: Reading;
  readonly swapBytes: Reading;
  readonly minorFaultCount: Reading;
  readonly majorFaultCount: Reading;
}

/** What glibc's malloc holds, of all its arenas. */
export interface AllocatorStats {
  /** From the system: `inUseBytes` + `freeBytes`. */
  readonly arenaBytes: number;
  readonly arenaCount: number;
  /** Handed out, with the allocator's own headers. */
  readonly inUseBytes: number;
  /** Freed, and kept for the next `malloc`. */
  readonly freeBytes: number;
  /** Of these, the end of the main arena, which can be given back at once. */
  readonly trimmableBytes: number;
  /** Large blocks with mappings of their own, not in `arenaBytes`. */
  readonly mappedBytes: number;
  readonly mappedCount: number;
}

/** How the addon was built. */
export interface BuildInfo {
  /** `process.versions.modules` it was built for. */
  readonly abi: number;
  readonly v8: string;
}

/** One object of V8's heap, as a heap snapshot calls it. */
export interface HeapNode {
  /** V8's object id: the same in every snapshot of this isolate; newer objects have larger ones. */
  readonly id: number;
  /** V8's word: `object`, `closure`, `string`, `array`, `native`, `code`, `hidden`, `object shape`... */
  readonly type: string;
  /** The class of an object, the name of a function, the beginning of a string. */
  readonly name: string;
  readonly shallowBytes: number;
  /** What its death frees, itself included. Computed at the first question. */
  readonly retainedBytes: number;
  /** Where a closure's function begins, in the coordinates of the compiled script; else absent. */
  readonly place?: {
    readonly scriptId: number;
    readonly scriptName: string;
    /** 1-based. */
    readonly line: number;
    readonly column: number;
  };
}

/** One step of a retainer path: the edge that leads to the node, and the node. */
export interface HeapStep {
  /** V8's word: `context` (a variable), `element`, `property`, `internal`, `hidden`, `shortcut`. Empty at the root. */
  readonly edgeType: string;
  /**
   * The variable, property or internal field; the index of an element or of a place in a table, as a
   * text. Of a WeakMap's value, V8's sentence: `part of key (Key @1) -> value (Value @3) pair in WeakMap (table @5)`.
   */
  readonly edgeName: string;
  readonly node: HeapNode;
  /** The key of a Map's entry, unless it is a number; of a WeakMap's value, the previous node, which alone holds it. */
  readonly key?: HeapNode;
}

export interface HeapClass {
  readonly type: string;
  /** The class; empty for types whose nodes are named by their content (strings, numbers, code). */
  readonly name: string;
  readonly count: number;
  readonly shallowBytes: number;
}

/** New objects of one class that the same older object holds in the same way. */
export interface SurvivorGroup {
  readonly type: string;
  readonly name: string;
  /** New objects of this class, also those that only hang together (a linked list's). */
  readonly count: number;
  /** Of these, how many came after each mark and before the next. */
  readonly counts: readonly number[];
  /** Older objects of this class that the holder has in the same way; those of a list are not among them. */
  readonly olderCount: number;
  readonly shallowBytes: number;
  /** With everything new that is only reachable through them. */
  readonly retainedBytes: number;
  /**
   * Root first; the last step is one of the group. Old objects as far as there is a way through them:
   * the step before the first new node is the holder, or the holder's unchanged table.
   */
  readonly path: readonly HeapStep[];
  /** Index into `path` of the first new step. */
  readonly firstNew: number;
  /** What the group's objects hold that is new, too: most bytes first, at most 8. */
  readonly contents: readonly HeapClass[];
}

/**
 * New room of an older object: the table of an array, a Set or a Map that grew, or a text in the place
 * of another. Numbers that are kept show only here.
 */
export interface GrownStore {
  /** All of the new room; how large the old was, nobody knows. */
  readonly storeBytes: number;
  /** Root first; the last step is the (largest) new store or text. */
  readonly path: readonly HeapStep[];
  readonly firstNew: number;
}

/** Of a heap snapshot that was given up. */
export interface HeapTooLarge {
  readonly objectCount: number;
  /** CPU that V8 would have taken for it, by its pace up to there. */
  readonly estimatedMs: number;
}

/**
 * A heap snapshot of one moment, analysed in C++. Weak references hold nothing here. It keeps V8's snapshot (about as large as
 * the heap) until {@link dispose}, {@link Native.release} or the end of its environment; after that all but
 * its numbers throw an error.
 *
 * What the running code refers to directly is not held by that. What its functions and objects refer to
 * is, but a path through `(Stack roots)` or `(Handle scope)` is the last resort.
 */
export interface HeapGraph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Sum of shallow sizes, ArrayBuffer stores included. */
  readonly totalBytes: number;
  /** By V8, then by the analysis so far. */
  readonly snapshotMs: number;
  readonly analysisMs: number;
  /** Strongly reachable objects with an id above `afterId` (0: all), by class; most bytes first. */
  classes(afterId: number): readonly HeapClass[];
  /**
   * Groups of at least `fewest` objects that are younger than the first mark; most retained bytes first.
   * `marks` are results of {@link Native.markObjects} in ascending order: they tell the age of the members.
   */
  survivors(marks: readonly number[], fewest: number): readonly SurvivorGroup[];
  /** Older objects with new room, most bytes first. */
  grownStores(afterId: number, limit: number): readonly GrownStore[];
  /** The node's id of an object or function that is alive; undefined when the snapshot does not have it. */
  idOf(value: object): number | undefined;
  /** Of all objects of that class. */
  idsOf(className: string): readonly number[];
  /** Undefined when the snapshot has no such id. */
  node(id: number): HeapNode | undefined;
  /** The cheapest strong path from a root, root first; undefined when nothing holds it. */
  path(id: number): readonly HeapStep[] | undefined;
  /** Up to `limit` paths, through different direct retainers, cheapest first. */
  paths(id: number, limit: number): readonly (readonly HeapStep[])[];
  /**
   * Functions that wait for an event-loop turn (of timers, ticks, microtasks, immediates, requests, finalizers) and
   * see the node: by a variable, or a property of one. Each is two steps: what it waits in, and the function, or the
   * scope of one that is suspended. At most 16.
   */
  pendingCalls(id: number): readonly (readonly HeapStep[])[];
  /** Writes the snapshot in Chrome DevTools' format, atomically. Throws an error that names the file and says why. */
  write(file: string): void;
  dispose(): void;
}

/** A memory of WebAssembly, as Linux knows it. */
export interface WasmMemoryUse {
  readonly address: number;
  /** Whole pages of 4 KiB. */
  readonly touchedBytes: number;
}

/** A collection that had more entries at every census. */
export interface GrowingCollection {
  /** For {@link HeapGraph.path}. */
  readonly id: number;
  readonly kind: 'Array' | 'Map' | 'Set';
  /** Entries at every census. */
  readonly sizes: readonly number[];
}

export interface Native {
  readonly build: BuildInfo;

  /**
   * Takes this environment's only measurement slot: collections become possible and
   * bytecode is not flushed until {@link release}. False when somebody holds it already. Ids that
   * {@link markObjects} kept are forgotten, unless asked for.
   */
  acquire(withKeptIds?: boolean): boolean;
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
   * and no JS between. `untilFlat` ends early when the used heap has been the same for 3 rounds, or has
   * grown in each of 4.
   */
  callInSettledRounds(
    fn: () => unknown,
    lengths: readonly number[],
    untilFlat: boolean,
  ): SettledReadings;

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

  /**
   * Gives every object of the heap its id (one walk of the heap) and returns the largest: what is
   * allocated from now on gets larger ones. Ids stay with their objects until {@link forgetObjectIds} or
   * {@link release}; with `keep`, until {@link forgetObjectIds} or the next {@link acquire}. Needs the slot.
   */
  markObjects(keep?: boolean): number;
  /**
   * The id of an object; undefined when it has none. Ids begin anew when they are forgotten, and at the end of any
   * session of V8's inspector: one that has changed tells that marks mean nothing any more.
   */
  objectId(value: object): number | undefined;
  /**
   * How many objects of each age are alive: those before the first mark, then those after each. V8's own
   * structures are objects, too. Costs a walk of the heap, and marks. Needs the slot.
   */
  countByAge(): number[];
  /** The same in bytes: shallow sizes, without ArrayBuffer stores. */
  bytesByAge(): number[];
  forgetObjectIds(): void;

  /**
   * Notes how many entries every array, Map and Set has, after collecting all garbage. The first census
   * forgets those before. Objects need their ids ({@link markObjects}). Runs no JavaScript. Needs the slot.
   */
  takeCensus(isFirst: boolean): void;
  /** Collections of the first census that had more entries in every later one. */
  growingCollections(): readonly GrowingCollection[];
  /**
   * Own properties of the object with that id, numeric keys included; 0 when it is gone, or when asking it would run
   * somebody's code. Walks the heap. Needs the slot.
   */
  ownKeyCount(id: number): number;
  /**
   * Where each memory of WebAssembly in this process is, and how much of it was ever touched, in bytes. Those of other
   * threads are among them.
   */
  wasmMemories(): readonly WasmMemoryUse[];
  /** Of the `WebAssembly.Memory` with that id; 0 when it is gone or is none. Needs ids. */
  wasmMemoryAddress(id: number): number;
  /**
   * A snapshot after full collections (V8's own, up to a dozen). The objects in `except` (the observer's) hold
   * nothing, and no path leads through them. Needs the slot. Given up when V8 takes more than `mostMs` of this
   * thread's CPU, or would: that takes the ids from all objects. Without, it takes as long as it takes.
   */
  captureHeap(except: readonly object[], mostMs?: number): HeapGraph | HeapTooLarge;

  /**
   * Records native memory of this thread from now on: patches `malloc` and its relatives in every loaded
   * object, and in those that are loaded later. Ends with {@link stopNative}, {@link release} or the
   * environment; the last to end in the process puts all of it back. Needs the slot. A text says why where
   * it can't. `stacks` also starts a CPU profiler of V8: `depth` frames tell stacks apart, and with
   * `isOptimized` inlined calls keep their lines. `withNativeFrames` adds the functions of Node, of addons and
   * of libraries that lie between JavaScript and the allocation; half a microsecond for each.
   */
  startNative(
    detail: NativeDetail,
    depth?: number,
    isOptimized?: boolean,
    withNativeFrames?: boolean,
  ): { readonly unavailable: string } | undefined;
  /** Since {@link startNative}; undefined while nothing is recorded. */
  readNative(): NativeReading | undefined;
  /** Remembers what every stack has allocated, holds now, or held at the peak (bytes only). */
  readNativeSites(which: 'allocated' | 'live' | 'peak'): void;
  /** Undefined unless stacks were recorded. */
  stopNative(): NativeProfile | undefined;
  nativeHooks(): NativeHooks;

  /**
   * A window around one test. Needs no slot: {@link acquire} interrupts it. `native` is recorded until
   * {@link endTestWindows}, or a window without it.
   *
   * With `lookFromBytes` what is live is looked at, by full collections, once that much has been allocated, and again
   * after each further eighth, later more rarely. With `collectFirst` `'full'` it begins with one (else the start is
   * within an eighth) and optimises nothing new, so that there are safe points for looks. Where there are none, a
   * look is made whenever V8 collects.
   *
   * `'young'` collects the young generation first where it is more than half full, so that most tests end before it is
   * full. Where one does not, what was young at the start is in `peakUsedBytes`, too. With an interval the stacks of
   * about one allocation in so many bytes are sampled (1: of every one).
   */
  openTestWindow(
    native: 'none' | 'counters' | 'blocks',
    lookFromBytes?: number,
    collectFirst?: 'nothing' | 'young' | 'full',
    samplingIntervalBytes?: number,
  ): void;
  /** Undefined when none is open. */
  closeTestWindow(): TestWindow | undefined;
  /**
   * A function that calls a body without a frame of JavaScript on its stack that is not the program's own: no stack
   * that the body formats names the observer. Called with anything, it asks `prepare` (with its `this` and arguments) what to
   * call; the test window that `prepare` may have opened runs while the body does. What `returned` returns is returned,
   * and what `threw` throws is thrown in the place of what the body threw. The function has no name and a length of 0.
   */
  bodyCaller<Prepare extends (...args: never[]) => BodyPlan>(
    prepare: Prepare,
  ): (this: unknown, ...args: Parameters<Prepare>) => unknown;
  /** The same function; what it allocates is in no test window. */
  unmeasured<Fn extends (...args: never[]) => unknown>(fn: Fn): Fn;
  /** The heap alone, around a test's hooks. Needs no slot: {@link acquire} ends it. */
  openHooksWindow(): void;
  /** Bytes; undefined when none is open, or another measurement began in it. */
  closeHooksWindow(): number | undefined;
  /** Takes the hooks away and leaves nothing of the windows of tests. */
  endTestWindows(): void;

  /** The innermost frame of the running stack in the script that ends with `path`. `Error.prepareStackTrace` does not run. */
  callerIn(path: string, withSourceMap: boolean): WrittenAt | undefined;
  /** Where a function starts: undefined for V8's and Node's own. */
  startOf(fn: unknown, withSourceMap: boolean): WrittenAt | undefined;

  /**
   * Calls `listener` when SIGTERM, SIGINT or SIGHUP is about to end the process, in a turn of the event loop; then the
   * signal ends it, at once when no turn comes within `patienceMs`. Signals that the program handles or ignores are left
   * to it. Once in a process, from its main thread.
   */
  beforeEndingSignal(listener: (signal: string) => void, patienceMs: number): void;

  /** Whether immediates (Node-API runs finalizers in them) or closing handles wait for the next event-loop turn. */
  hasWaitingTurn(): boolean;
  /** Handles that are closed and wait for the next event-loop turn to be gone, by libuv's name of their type: `tcp`. */
  closingHandles(): Readonly<Record<string, number>>;

  processMemory(): ProcessMemory;
  allocatorStats(): AllocatorStats | { readonly unavailable: string };
  /** Sets the peak RSS back to the RSS of now. A text says why where it can't. */
  resetPeakRss(): { readonly unavailable: string } | undefined;
}

/** Loads the addon for this platform and Node. Throws an error that says what is missing and what to do. */
export function loadNative(): Native;
