// The steps of a verdict in their order. Each looks closer than the one before, and only at what
// the one before could not clear:
//
//   quick look   a settled heap that stays equal to the byte proves there is nothing
//   first look   every allocation sampled, for a few calls: does anything survive?
//   fill         at full speed, until a cache would have filled
//   age          the calls that decide: a snapshot shows what survived them, from which round
//                it is and what holds it; V8's own structures are no leak
//   census       collections that grow without new objects
//   blame        sampled again: where the survivors are allocated
//   wasm         memories of WebAssembly in which more is in use
//   native blame the same of native memory that nothing on the heap explains
//   open files   what is open and is no object; only where all else is clean

import { whyNoSnapshot } from '../heap/snapshot-limit.js';
import { arrayBufferBytes } from '../measure/array-buffers.js';
import type { Steps } from '../measure/flow.js';
import { recordingNative } from '../measure/native-recording.js';
import type { Run } from '../measure/run.js';
import { type WarmUp, warmUp } from '../measure/warm-up.js';
import { sum } from '../stats.js';
import type { UndecidedReason } from '../types.js';
import { type Aged, age, startAges } from './age.js';
import { blame } from './blame.js';
import { NOTHING_EXPLAINED } from './explained.js';
import { type Fill, fill, PLATEAU_CALLS } from './fill.js';
import { firstLook } from './first-look.js';
import { grownCollections } from './grown-collections.js';
import {
  bytesFollowCalls,
  FEWEST_OBJECTS_PER_CALL,
  perCall,
  robustPerCall,
  STEP_BYTES_PER_CALL,
  withoutOddRound,
} from './growth.js';
import { looks } from './looks.js';
import { nativeBlame } from './native-blame.js';
import { filesLeftOpen, mayLeaveFilesOpen, openFiles } from './open-files.js';
import { nativeLook, type QuickLook, quickLook } from './quick-look.js';
import type { Evidence, Finding } from './report.js';
import { CACHE_BYTES } from './room.js';
import {
  buffersGrow,
  heapFollowsCalls,
  heapGrowth,
  mayHaveGrownStore,
  nativeGrowth,
} from './stores.js';
import { neverStops, type Survivors } from './survivors.js';
import { Stopwatch } from './timings.js';
import {
  grownWasmMemory,
  mayGrowInWasm,
  type WasmMemories,
  wasmMemories,
} from './wasm-memories.js';

/** Of the heap's growth, what a snapshot must show of one thing. */
const SHOWN_SHARE = 0.5;
/** What `malloc` takes for one byte. */
const SMALLEST_BLOCK = 16;

/** What is asked besides the verdict. */
export interface InquiryOptions {
  /** How many rounds decide. */
  readonly agedRoundCount: number | undefined;
  /** Writes a snapshot of about that name, if anything survived. */
  readonly snapshotName: string | undefined;
}

export function* inquire(run: Run, options: InquiryOptions): Steps<Finding> {
  const watch = new Stopwatch();
  const warm = yield* watch.timing('warmUpMs', warmUp(run));
  const inquiry = new Inquiry(run, options, watch, warm);
  return yield* inquiry.steps();
}

class Inquiry {
  readonly #run: Run;
  readonly #options: InquiryOptions;
  readonly #watch: Stopwatch;
  readonly #warm: WarmUp;
  readonly #storesBefore = arrayBufferBytes();
  readonly #filesBefore = openFiles();
  readonly #wasmBefore: WasmMemories;
  #isWasmRead = false;
  /** Without those of warming up. */
  #calls = 0;
  /** Between a look and the next. */
  #secondCalls = 0;
  #nativeUnavailable: string | undefined;
  #aged: Aged | undefined;

  constructor(run: Run, options: InquiryOptions, watch: Stopwatch, warm: WarmUp) {
    this.#run = run;
    this.#options = options;
    this.#watch = watch;
    this.#warm = warm;
    this.#wasmBefore = wasmMemories(run.caller.addon);
  }

  *steps(): Steps<Finding> {
    const found = yield* this.#memoryOrWhyNot();
    if (found.verdict !== 'clean') return found;
    return (yield* this.#openFiles()) ?? (yield* this.#grownWasm()) ?? found;
  }

  /** Where the heap is too large for a snapshot, what is known without. */
  *#memoryOrWhyNot(): Steps<Finding> {
    try {
      return yield* this.#memory();
    } catch (cause) {
      const noSnapshot = whyNoSnapshot(cause);
      if (noSnapshot === undefined || this.#aged === undefined) throw cause;
      const found = yield* this.#accuse(this.#aged, NOTHING_EXPLAINED, 'snapshot-limit');
      return found.verdict === 'clean' ? found : { ...found, noSnapshot };
    }
  }

  *#memory(): Steps<Finding> {
    const quick = yield* this.#watch.timing('plainMs', quickLook(this.#run, this.#warm));
    this.#calls += quick.calls;
    if (quick.isFlat || (yield* this.#isQuiet(quick))) return this.#finding('clean');

    const seen = yield* recordingNative(this.#run.caller.addon, 'blocks', (unavailable) =>
      this.#longLook(quick, unavailable),
    );
    if (seen === undefined) return this.#finding('clean');
    const { filled, aged } = seen;
    return (
      (yield* this.#survivorsOfAllAges(filled, aged)) ??
      (yield* this.#grownCollections(filled, aged)) ??
      // A memory that grows is native memory, too, in steps that tell less.
      (yield* this.#grownWasm()) ??
      (yield* this.#nativeBlocks(filled, aged)) ??
      this.#finding('clean', aged)
    );
  }

  /** Undefined when filling ends flat. */
  *#longLook(
    quick: QuickLook,
    nativeUnavailable: string | undefined,
  ): Steps<{ filled: Fill; aged: Aged } | undefined> {
    this.#nativeUnavailable = nativeUnavailable;
    const mark = yield* this.#watch.timing('plainMs', startAges(this.#run));
    const filling = fill(this.#run, {
      calls: this.#warm.calls + this.#calls,
      msPerCall: this.#warm.msPerCall,
      allocatedPerCall: this.#warm.bytesPerCall,
      isGrowing: quick.isGrowing,
      grownBytes: Math.max(0, quick.bytesPerCall * quick.calls),
    });
    const filled = yield* this.#watch.timing('plainMs', filling);
    this.#calls += filled.calls;
    if (filled.isFlat) return undefined;

    const aging = age(this.#run, mark, filled, this.#options.agedRoundCount);
    const aged = yield* this.#watch.timing('plainMs', aging);
    this.#calls += sum(aged.lengths);
    this.#aged = aged;
    return { filled, aged };
  }

  /** No callsite has survivors, and nothing else grew either. */
  *#isQuiet(quick: QuickLook): Steps<boolean> {
    if (quick.isGrowing || quick.isNativeGrowing) return false;
    const looking = firstLook(this.#run, this.#warm);
    const first = yield* this.#watch.timing('sampledMs', looking);
    this.#calls += first?.calls ?? 0;
    // Growth that no callsite explains may be a store between two of its steps.
    const isExplained = quick.bytesPerCall < STEP_BYTES_PER_CALL;
    if (first?.isQuiet !== true || !isExplained) return false;
    // Nobody has looked at native memory yet.
    if (quick.calls > 0) return true;
    const native = yield* this.#watch.timing('plainMs', nativeLook(this.#run));
    this.#calls += native.calls;
    return !native.isGrowing;
  }

  /** Objects; undefined where they do not explain what was read. */
  *#survivorsOfAllAges(filled: Fill, aged: Aged): Steps<Finding | undefined> {
    const isBuffers = buffersGrow(aged, this.#storesBefore, this.#calls);
    // Texts and lists that are copied to be longer are one new thing each time.
    const isHeap = heapFollowsCalls(filled, aged);
    const maySurvive = aged.mostSurvivorsPerCall >= FEWEST_OBJECTS_PER_CALL;
    if (!isBuffers && !isHeap && !maySurvive) return undefined;
    const shownFrom = isHeap ? heapGrowth(filled, aged) * SHOWN_SHARE : undefined;
    const { seen, survivors, calls } = yield* looks(
      this.#run,
      aged,
      {
        largestFrom: isBuffers ? 0 : shownFrom,
        snapshotName: this.#options.snapshotName,
      },
      this.#watch,
    );
    this.#secondCalls = calls;
    this.#calls += calls;
    if (survivors.groups.length > 0) return yield* this.#accuse(seen, survivors);
    // What is left out explains its holder's growth, too.
    if (survivors.hasOthers) return this.#finding('clean', aged);
    const isShown = isBuffers || survivors.largest !== undefined;
    return isShown ? yield* this.#accuse(seen, survivors) : undefined;
  }

  /** Tables of numbers; undefined where none of them grows. */
  *#grownCollections(filled: Fill, aged: Aged): Steps<Finding | undefined> {
    const callsBefore =
      this.#warm.calls + this.#calls - sum(aged.ageLengths) - this.#secondCalls;
    if (!hasFilled(aged) || !mayHaveGrownStore(filled, aged, callsBefore)) {
      return undefined;
    }
    const { calls, survivors } = yield* grownCollections(
      this.#run,
      aged,
      {
        calls: this.#calls,
        warmUpCalls: this.#warm.calls,
        msPerCall: filled.msPerCall,
        snapshotName: this.#options.snapshotName,
      },
      this.#watch,
    );
    this.#calls += calls;
    return survivors === undefined ? undefined : yield* this.#accuse(aged, survivors);
  }

  /** Blocks of addons and of Node; undefined where they do not follow the calls. */
  *#nativeBlocks(filled: Fill, aged: Aged): Steps<Finding | undefined> {
    const { kind } = this.#run.caller;
    const nativeBytesPerCall = nativeGrowth(filled, aged);
    if (nativeBytesPerCall === undefined) return undefined;
    // No turn passes while a sync function is called: finalizers have no chance.
    if (kind === 'sync' && aged.isTurnWaiting) return undefined;
    const blaming = nativeBlame(this.#run, nativeBytesPerCall);
    const blamed = yield* this.#watch.timing('sampledMs', blaming);
    this.#calls += sum(blamed.lengths);
    if (!blamed.isLeak) return undefined;
    this.#nativeUnavailable ??= blamed.unavailable;
    const verdict = hasFilled(aged) ? 'leak' : whyNotFilled(aged);
    return {
      ...this.#finding(blamed.isSure ? verdict : 'time', aged),
      nativeBytesPerCall,
      nativeBlame: blamed,
    };
  }

  /** Undefined where they do not follow the calls. */
  *#openFiles(): Steps<Finding | undefined> {
    if (!mayLeaveFilesOpen(this.#filesBefore, openFiles(), this.#calls)) return undefined;
    const { calls, msPerCall } = this.#warm;
    const counting = filesLeftOpen(
      this.#run,
      this.#filesBefore,
      calls + this.#calls,
      msPerCall,
    );
    const left = yield* this.#watch.timing('plainMs', counting);
    if (left === undefined) return undefined;
    this.#calls += left.calls;
    const found = this.#finding(left.isSure ? 'leak' : 'time');
    return { ...found, openFile: left.resource };
  }

  /** Undefined where no memory of WebAssembly follows the calls. */
  *#grownWasm(): Steps<Finding | undefined> {
    if (this.#isWasmRead) return undefined;
    this.#isWasmRead = true;
    const now = wasmMemories(this.#run.caller.addon);
    if (!mayGrowInWasm(this.#wasmBefore, now, this.#calls)) return undefined;
    const { msPerCall } = this.#warm;
    const growing = grownWasmMemory(this.#run, this.#wasmBefore, this.#calls, msPerCall);
    const grown = yield* this.#watch.timing('plainMs', growing);
    if (grown === undefined) return undefined;
    this.#calls += grown.calls;
    const { growth, isSure, isAwaited } = grown;
    const decided = isSure ? 'leak' : 'time';
    const found = this.#finding(isAwaited ? 'event-loop' : decided);
    return { ...found, nativeBytesPerCall: growth.bytesPerCall, grownMemory: growth };
  }

  /** @param undecided the reason, where no snapshot could decide */
  *#accuse(
    aged: Aged,
    survivors: Survivors,
    undecided?: UndecidedReason,
  ): Steps<Finding> {
    const members = sum(survivors.groups.map(({ count }) => count));
    this.#run.caller.addon.forgetObjectIds();
    const membersPerCall =
      undecided === undefined
        ? members / sum(aged.ageLengths)
        : aged.mostSurvivorsPerCall;
    const blaming = blame(this.#run, membersPerCall);
    const blamed = yield* this.#watch.timing('sampledMs', blaming);
    this.#calls += sum(blamed.lengths);
    if (blamed.isIgnored) return this.#finding('clean', aged);
    const isSure = hasFilled(aged) || survivors.paths.some(neverStops);
    const evidence = { aged, survivors, blame: blamed };
    const verdict = isSure ? 'leak' : whyNotFilled(aged);
    const decided = survivors.isAwaited ? 'event-loop' : verdict;
    return this.#finding(undecided ?? decided, aged, evidence);
  }

  /** @param decided what, or why it was not */
  #finding(
    decided: 'clean' | 'leak' | UndecidedReason,
    aged?: Aged,
    evidence?: Evidence,
  ): Finding {
    const isDecided = decided === 'clean' || decided === 'leak';
    return {
      ...(isDecided
        ? { verdict: decided }
        : { verdict: 'undecided', undecidedBecause: decided }),
      calls: this.#calls,
      warmup: this.#warm.calls,
      heapBytesPerCall: aged === undefined ? 0 : robustPerCall(aged.heapBytes),
      arrayBufferBytesPerCall:
        evidence === undefined ? 0 : Math.max(0, perCall(evidence.aged.arrayBufferBytes)),
      ...(aged?.nativeBytes && {
        nativeBytesPerCall: evidence === undefined ? 0 : heldByObjects(evidence),
      }),
      ...(this.#nativeUnavailable !== undefined && {
        nativeUnavailable: this.#nativeUnavailable,
      }),
      nodeVersion: process.version,
      durationMs: this.#run.clock.elapsedMs(),
      timings: this.#watch.timings,
      ...(evidence && { evidence }),
    };
  }
}

/** The last round lies beyond what a cache takes to fill, or most of it does. */
function hasFilled({ ageLengths, lengths, filledBytes }: Aged): boolean {
  const calls = sum(ageLengths) - (lengths.at(-1) ?? 0) / 2;
  return calls >= PLATEAU_CALLS || filledBytes >= CACHE_BYTES;
}

function whyNotFilled({ isOutOfRoom }: Aged): UndecidedReason {
  return isOutOfRoom ? 'heap-limit' : 'time';
}

/** Native memory that grows with the survivors; what is less than a block for each is the process's own. */
function heldByObjects({ aged, survivors }: Evidence): number {
  if (aged.nativeBytes === undefined) return 0;
  const following = [aged.nativeBytes, withoutOddRound(aged.nativeBytes)].find(
    bytesFollowCalls,
  );
  if (following === undefined) return 0;
  const objects = sum(survivors.groups.map(({ count }) => count));
  const leastBytes = (objects / sum(aged.ageLengths)) * SMALLEST_BLOCK;
  const bytes = perCall(following);
  return bytes >= leastBytes ? bytes : 0;
}
