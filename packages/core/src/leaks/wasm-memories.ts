// Memories of WebAssembly in which more and more is in use: what a program in one does not free, its own
// allocator keeps, and a memory was made large long before. Pages that were ever touched tell.

import { siteMatches } from '../callsites.js';
import { withGraphOf } from '../heap/graph.js';
import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { Native } from '../native.js';
import { sum } from '../stats.js';
import type { LeakGrowth } from '../types.js';
import { affordableCalls } from './affordable.js';
import { PLATEAU_CALLS } from './fill.js';
import { bytesFollowCalls, perCall } from './growth.js';
import { readRounds } from './read-rounds.js';
import {
  pendingCallsIn,
  type ReadSubject,
  readSubjects,
  UNREAD,
  wholePath,
} from './subjects.js';

export const WASM_MEMORY = 'WebAssembly.Memory';
/** As V8 calls them, by version. */
const V8_NAMES = [WASM_MEMORY, 'Memory'] as const;
/** Each takes a walk through the heap. */
const MOST_MEMORIES = 16;
/** Less may be an allocator whose free room lies in more and more places. */
const BYTES_PER_CALL = 32;
const PAGE_BYTES = 4_096;
/** In a short round, at least. */
const PAGES = 4;
// Lengths differ: what follows calls is told from what follows rounds.
const PATTERN = [1, 2, 1, 3, 1, 2] as const;
const MOST_ROUNDS_MS = 3_000;

/** Bytes in use, by where the memory is. */
export type WasmMemories = ReadonlyMap<number, number>;

/** A memory whose use follows the calls. */
export interface GrownMemory {
  readonly calls: number;
  readonly growth: LeakGrowth;
  /** So many calls that nothing in it still fills. */
  readonly isSure: boolean;
  /** A finalizer or a timer may free it in the next turn, which a sync function does not let pass. */
  readonly isAwaited: boolean;
}

/** Of the whole process. */
export function wasmMemories(addon: Native): WasmMemories {
  return new Map(
    addon.wasmMemories().map(({ address, touchedBytes }) => [address, touchedBytes]),
  );
}

/** Whether it is worth to look: `calls` calls came between. */
export function mayGrowInWasm(
  before: WasmMemories,
  after: WasmMemories,
  calls: number,
): boolean {
  return mostGrown(before, after) >= Math.max(2 * PAGE_BYTES, calls * BYTES_PER_CALL);
}

/**
 * More rounds of calls, with the memories read after each; undefined where none follows the calls.
 *
 * @param before the function was called
 * @param callsBefore since then
 */
export function* grownWasmMemory(
  run: Run,
  before: WasmMemories,
  callsBefore: number,
  msPerCall: number,
): Steps<GrownMemory | undefined> {
  const { caller, settings } = run;
  const { addon } = caller;
  const bytesPerCall = mostGrown(before, wasmMemories(addon)) / callsBefore;
  const telling = (PAGES * PAGE_BYTES) / bytesPerCall;
  const missing = (PLATEAU_CALLS - callsBefore) / sum(PATTERN);
  const affordable = affordableCalls(MOST_ROUNDS_MS / sum(PATTERN), msPerCall);
  const wanted = Math.min(affordable, Math.max(telling, missing));
  const unit = settings.iterations ?? Math.max(1, Math.ceil(wanted));
  const lengths = PATTERN.map((times) => times * unit);
  const readings = yield* readRounds(run, lengths, () => wasmMemories(addon));
  const following = [...(readings.at(-1) ?? [])].flatMap(([address, touchedBytes]) => {
    const values = readings.map((reading) => reading.get(address) ?? 0);
    const grown = perCall({ lengths, values });
    const follows = grown >= BYTES_PER_CALL && bytesFollowCalls({ lengths, values });
    return follows ? { address, touchedBytes, bytesPerCall: grown } : [];
  });
  const [most] = following.sort((a, b) => b.bytesPerCall - a.bytesPerCall);
  if (most === undefined) return undefined;
  const { path, isAwaited } = memoryAt(most.address, run);
  // Of another thread.
  if (path === undefined) return undefined;
  const site = {
    frames: [],
    className: WASM_MEMORY,
    retainers: path.steps.flatMap((step) => [step.name, step.held.name]),
  };
  if (settings.ignore.some((rule) => siteMatches(rule, site))) return undefined;
  const calls = sum(lengths);
  return {
    calls,
    growth: {
      className: WASM_MEMORY,
      bytesPerCall: most.bytesPerCall,
      retainedBytes: most.touchedBytes,
      path,
    },
    isSure: callsBefore + calls >= PLATEAU_CALLS,
    isAwaited,
  };
}

function mostGrown(before: WasmMemories, after: WasmMemories): number {
  const grown = [...after].map(([address, bytes]) => bytes - (before.get(address) ?? 0));
  return Math.max(0, ...grown);
}

/** What holds the memory that is there; without a path when it is no object of this thread. */
function memoryAt(address: number, { caller }: Run): ReadSubject {
  const { addon } = caller;
  return withGraphOf(addon, [caller], (graph) => {
    const ids = V8_NAMES.flatMap((name) => graph.idsOf(name)).slice(0, MOST_MEMORIES);
    const id = ids.find((one) => addon.wasmMemoryAddress(one) === address);
    const path = id === undefined ? undefined : graph.path(id);
    if (path === undefined) return UNREAD;
    const subjects = { memory: [wholePath(path)] };
    const isSync = caller.kind === 'sync';
    const { memory } = readSubjects(subjects, graph, isSync && pendingCallsIn(graph));
    return memory[0] ?? UNREAD;
  });
}
