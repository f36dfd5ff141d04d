// The words for what is on the heap, and for what holds it there.

/** A place in the user's own sources. */
export interface SourcePlace {
  /** Absolute path, `node:` specifier, or `''` when V8 knows no script. */
  readonly file: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
  readonly column: number;
}

/** Something on V8's heap, as a snapshot shows it. */
export interface HeapThing {
  /** `internal` is what no JavaScript value is: V8's tables, code, Node's native objects. */
  readonly kind: 'object' | 'function' | 'string' | 'other' | 'internal';
  /** The class of an object, the name of a function, the (beginning of the) text of a string. */
  readonly name: string;
  /** The thing itself. */
  readonly shallowBytes: number;
  /** What its death would free, itself included. */
  readonly retainedBytes: number;
  /** Where a function starts. */
  readonly place?: SourcePlace;
}

/**
 * How one thing holds the next.
 *
 * | kind              | `name`                           | also                                      |
 * | ----------------- | -------------------------------- | ----------------------------------------- |
 * | `global`          | the property of `globalThis`, or `node:...`: a module of Node's |            |
 * | `variable`        | `''` when V8 does not tell       | `place`, `isModuleLevel`, `seenBy`        |
 * | `export`          | `''` when V8 does not tell       | `place`: the module                       |
 * | `property`        | as in code; `[tag]` for symbols  |                                           |
 * | `private-field`   | `#name`                          |                                           |
 * | `prototype`       |                                  |                                           |
 * | `element`         | the index                        |                                           |
 * | `map-entry`       |                                  | `key`, unless it is a number              |
 * | `set-entry`       |                                  |                                           |
 * | `weak-map-value`  |                                  | `key`: alive, and so is its value         |
 * | `listener`        | the event                        |                                           |
 * | `timer`           | `Timeout` or `Immediate`         | `durationMs`, `isRepeated`                |
 * | `reaction`        |                                  | a callback of `then`, `catch`, `finally`  |
 * | `chained-promise` |                                  | what `then` returned                      |
 * | `promise-result`  |                                  |                                           |
 * | `await`           | the suspended function, or `''`  | a local variable of it; `place`, `variable` |
 * | `generator`       | the generator function           | a local variable in it; `place`           |
 * | `async-context`   |                                  | the store of an `AsyncLocalStorage`       |
 * | `bound-this`      |                                  |                                           |
 * | `bound-argument`  | the index                        |                                           |
 * | `proxy-target`    |                                  |                                           |
 * | `finalizer`       | `due` once the target has died   | held by a `FinalizationRegistry`          |
 * | `stack`           | the variable, or `''`            | of a function that is running             |
 * | `native`          | the native object                | Node's or an addon's handle               |
 * | `root`            | V8's name of the root            |                                           |
 * | `internal`        | V8's name of the reference       |                                           |
 */
export type RetainerKind =
  | 'global'
  | 'variable'
  | 'export'
  | 'property'
  | 'private-field'
  | 'prototype'
  | 'element'
  | 'map-entry'
  | 'set-entry'
  | 'weak-map-value'
  | 'listener'
  | 'timer'
  | 'reaction'
  | 'chained-promise'
  | 'promise-result'
  | 'await'
  | 'generator'
  | 'async-context'
  | 'bound-this'
  | 'bound-argument'
  | 'proxy-target'
  | 'finalizer'
  | 'stack'
  | 'native'
  | 'root'
  | 'internal';

/** One step of a {@link RetainerPath}: the reference, and what it holds. */
export interface RetainerStep {
  readonly kind: RetainerKind;
  readonly name: string;
  readonly held: HeapThing;
  readonly key?: HeapThing;
  /**
   * Of a variable: its declaration when the file has one of that name, else the start of the function
   * that sees it. Of an export: the module. Of what is suspended: the function.
   */
  readonly place?: SourcePlace;
  /** The variable is declared at the top level of its module. */
  readonly isModuleLevel?: boolean;
  /** The function through which the variable is alive. */
  readonly seenBy?: string;
  /** Of a function that waits: the local variable, when V8 tells. */
  readonly variable?: string;
  /** Of a timer: what `setTimeout` or `setInterval` was given. */
  readonly durationMs?: number;
  /** Of a timer: an interval. */
  readonly isRepeated?: boolean;
  /** Of a timer: the function that it calls. */
  readonly callback?: HeapThing;
}

/** A chain of references from what is alive for good to an object. */
export interface RetainerPath {
  /**
   * Begins at the last thing that lives as long as the program: a global, a module's variable
   * or export, a timer. The last step holds the object itself.
   */
  readonly steps: readonly RetainerStep[];
  /** Steps before the first, which tell nothing more. */
  readonly hiddenCount: number;
}

/** The objects of one class. */
export interface HeapClass {
  /** The class, or DevTools' word for what has none: `(string)`, `(array)`, `(closure)`, `(compiled code)`. */
  readonly className: string;
  readonly count: number;
  /** ArrayBuffer stores are a class of their own. */
  readonly shallowBytes: number;
}

/** What was alive at one moment. A plain value: it keeps no object alive. */
export interface HeapCapture {
  /** All shallow sizes together, ArrayBuffer stores included. */
  readonly totalBytes: number;
  readonly totalCount: number;
  /** Most bytes first. */
  readonly classes: readonly HeapClass[];
  readonly nodeVersion: string;
  readonly durationMs: number;
}

/** How one class changed between two captures. */
export interface HeapClassChange {
  readonly className: string;
  readonly beforeCount: number;
  readonly afterCount: number;
  readonly countDelta: number;
  readonly beforeBytes: number;
  readonly afterBytes: number;
  readonly bytesDelta: number;
}

/** What changed between two captures. */
export interface HeapDiff {
  readonly bytesDelta: number;
  readonly countDelta: number;
  /** Most additional bytes first. */
  readonly grown: readonly HeapClassChange[];
  /** Most freed bytes first. */
  readonly shrunk: readonly HeapClassChange[];
}

/** The bytes of one value. */
export interface ValueSize {
  /** The object itself, without what it refers to. */
  readonly shallowBytes: number;
  /** What its death would free: itself, and all that is reachable only through it. */
  readonly retainedBytes: number;
}

/** Options of `toBeCollectable`. */
export interface CollectableOptions {
  /**
   * How long the object may take to go away, in milliseconds of event-loop turns: until handles are
   * closed and short timers are over. At least 10 turns are made. Default: 250.
   */
  readonly waitMs?: number;
}

/** Whether the object that a function returned went away. */
export interface CollectableReport {
  readonly isCollected: boolean;
  /** Full collections until then, with an event-loop turn between. 1: it went away at once. */
  readonly collectionCount: number;
  readonly waitMs: number;
  readonly nodeVersion: string;
  /** The object, when it is still there. */
  readonly object?: HeapThing;
  /** What holds it. Absent when V8 shows nothing that does. */
  readonly path?: RetainerPath;
  /** The snapshot, when one was asked for. */
  readonly snapshotFile?: string;
  /** Why what holds it is not known: the heap is too large for a snapshot. */
  readonly noSnapshot?: string;
}
