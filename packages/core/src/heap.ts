// What is on V8's heap, how large is it, and what holds it?

import { errors } from './errors.js';
import { diffClasses, mergeClasses } from './heap/classes.js';
import { withHeapGraph } from './heap/graph.js';
import { isOnStackOnly, isRepetition, readPaths } from './heap/paths.js';
import { withSubject } from './heap/subject.js';
import type { HeapGraph } from './native.js';
import { sum } from './stats.js';
import type {
  HeapCapture,
  HeapClass,
  HeapDiff,
  RetainerPath,
  ValueSize,
} from './types/retainers.js';

/** Options of {@link retainersOf}. */
export interface RetainersOptions {
  /** Most paths to return. Default: 3. */
  readonly limit?: number;
}

const DEFAULT_LIMIT = 3;
/** Paths that are asked for although they may not be shown. */
const REPETITIONS = 1;

/** Captures that may still be compared: they are ours, and no part of the heap to look at. */
const captures: WeakRef<HeapCapture>[] = [];

/**
 * What is alive now, by class, after a full collection. Takes about as long as collecting the
 * heap a few times; what is only on the stack does not count.
 *
 * @throws HighwaterError `overlapping-measurement`, `missing-addon`
 */
export function captureHeap(): HeapCapture {
  const capture = withHeapGraph(aliveCaptures(), captureOf);
  captures.push(new WeakRef(capture));
  return capture;
}

/** The classes of the objects that are alive now, most bytes first. */
export function classHistogram(): readonly HeapClass[] {
  return withHeapGraph(aliveCaptures(), captureOf).classes;
}

/** Options of {@link heapDiff}. */
export interface HeapDiffOptions {
  /** With V8's own classes: compiled code, hidden classes, tables. Default: false. */
  readonly internals?: boolean;
}

/**
 * Which classes grew and which shrank from one capture to another.
 *
 * @throws HighwaterError `not-a-capture`, `invalid-option`
 *
 * @example
 * const before = captureHeap();
 * openSessions();
 * const { grown } = heapDiff(before, captureHeap());
 */
export function heapDiff(
  before: HeapCapture,
  after: HeapCapture,
  options: HeapDiffOptions = {},
): HeapDiff {
  checkCapture(before, 'first');
  checkCapture(after, 'second');
  const { internals = false } = known(options, 'heapDiff', ['internals']);
  if (typeof internals !== 'boolean') {
    throw errors.invalidOption('internals', internals, 'true or false');
  }
  return diffClasses(before, after, internals);
}

/**
 * Why an object is alive: paths from what lives for good, through different direct holders, the
 * cheapest first. Empty when nothing but the stack (a local variable, an argument) or a weak
 * reference has it.
 *
 * @throws HighwaterError `not-an-object`, `invalid-option`, `overlapping-measurement`, `missing-addon`
 */
export function retainersOf(
  value: object,
  options: RetainersOptions = {},
): readonly RetainerPath[] {
  checkObject(value, 'retainersOf');
  const limit = limitOf(options);
  return withHeapGraph(aliveCaptures(), (graph) => {
    const id = graph.idOf(value);
    if (id === undefined) return [];
    // Those of the stack come last.
    const paths = readPaths(graph.paths(id, limit + REPETITIONS), graph);
    return paths
      .filter((path) => !isOnStackOnly(path) && !isRepetition(path))
      .slice(0, limit);
  });
}

/**
 * How large one value is, alone and with everything that only it keeps alive, in bytes.
 * ArrayBuffer stores are included.
 *
 * What another local variable shares with it counts as its own: the stack holds nothing here.
 *
 * @throws HighwaterError `not-an-object`, `overlapping-measurement`, `missing-addon`
 */
export function sizeOf(value: object): ValueSize {
  checkObject(value, 'sizeOf');
  return withSubject(value, () =>
    withHeapGraph(aliveCaptures(), (graph) => {
      const id = graph.idOf(value);
      const node = id === undefined ? undefined : graph.node(id);
      if (node === undefined) throw errors.notAnObject(value, 'sizeOf');
      return { shallowBytes: node.shallowBytes, retainedBytes: node.retainedBytes };
    }),
  );
}

function captureOf(graph: HeapGraph): HeapCapture {
  const classes = mergeClasses(graph.classes(0));
  return {
    totalBytes: sum(classes.map(({ shallowBytes }) => shallowBytes)),
    totalCount: sum(classes.map(({ count }) => count)),
    classes,
    nodeVersion: process.version,
    durationMs: graph.snapshotMs + graph.analysisMs,
  };
}

/** What is ours: the captures, and the list of them. */
function aliveCaptures(): readonly object[] {
  const alive = captures.flatMap((ref) => (ref.deref() === undefined ? [] : [ref]));
  captures.splice(0, captures.length, ...alive);
  return [captures, ...alive.flatMap((ref) => ref.deref() ?? [])];
}

function checkObject(value: unknown, owner: string): void {
  const isObject = typeof value === 'object' && value !== null;
  if (!isObject && typeof value !== 'function') throw errors.notAnObject(value, owner);
}

function checkCapture(value: unknown, which: 'first' | 'second'): void {
  if (!Array.isArray((value as Partial<HeapCapture> | null)?.classes)) {
    throw errors.notACapture(value, which);
  }
}

function limitOf(options: RetainersOptions): number {
  const { limit = DEFAULT_LIMIT } = known(options, 'retainersOf', ['limit']);
  if (!Number.isSafeInteger(limit) || limit < 1) {
    throw errors.invalidOption('limit', limit, 'a whole number, 1 or more');
  }
  return limit;
}

function known<T extends object>(options: T, owner: string, names: readonly string[]): T {
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw errors.invalidOptions(options, owner);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw errors.unknownOption(name, owner, names);
  }
  return options;
}
