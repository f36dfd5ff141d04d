// A path as V8 draws it, with the questions that are asked of it, and what a rule may answer.

import type { HeapNode, HeapStep } from '../native.js';
import type { RetainerKind, SourcePlace } from '../types/retainers.js';

/** Where things are, asked while a path is interpreted. */
export interface PlaceWorld {
  /** The start of a function in its source; undefined for what is no function. */
  placeOf(node: HeapNode): SourcePlace | undefined;
  /** Some function that was made in a scope or a module: it tells the file. */
  functionInScope(node: HeapNode): HeapNode | undefined;
  /** The function of a generator, or of an async function that waits. */
  functionOf(node: HeapNode): HeapNode | undefined;
  /** How a `Timeout` was set. */
  timerOf(node: HeapNode): TimerFacts | undefined;
  /** The variable of that value that a function sees. */
  variableName(fn: HeapNode, held: HeapNode): string | undefined;
  /** Whether highwater or the runner wrote a function. */
  isOfHarness(node: HeapNode): boolean;
  /** The only declaration of a variable in a file. */
  declarationOf(variable: string, file: string): Declaration | undefined;
}

/** How a timer was set, and what it calls. */
export interface TimerFacts {
  readonly durationMs: number;
  readonly isRepeated: boolean;
  readonly callback?: HeapNode | undefined;
}

export interface Declaration {
  readonly line: number;
  readonly column: number;
  readonly isModuleLevel: boolean;
}

export interface Match {
  readonly kind: RetainerKind;
  readonly name?: string;
  /** Index of what is held. */
  readonly at: number;
  /** Index of the raw step whose `key` matters. Default: `at`. */
  readonly keyAt?: number;
  readonly place?: SourcePlace | undefined;
  readonly isModuleLevel?: boolean;
  readonly seenBy?: string;
  readonly variable?: string;
  /** The function is suspended by an `await`. */
  readonly isWaiting?: boolean;
  readonly timer?: TimerFacts | undefined;
  /** It lives as long as the program: what holds it tells nothing. */
  readonly isForGood?: boolean;
}

/** Reads the reference at an index; undefined for what it knows nothing of. */
export type Rule = (raw: RawPath, at: number, world: PlaceWorld) => Match | undefined;

/** The raw path with questions that the rules ask. */
export class RawPath {
  readonly #steps: readonly HeapStep[];

  constructor(steps: readonly HeapStep[]) {
    this.#steps = steps;
  }

  get length(): number {
    return this.#steps.length;
  }

  /** Index of the first step whose node is no root of V8's. */
  get firstBelowRoots(): number {
    const first = this.#steps.findIndex(({ node }) => node.type !== 'synthetic');
    return first < 0 ? this.length : first;
  }

  node(at: number): HeapNode | undefined {
    return this.#steps[at]?.node;
  }

  key(at: number): HeapNode | undefined {
    return this.#steps[at]?.key;
  }

  edge(at: number): string {
    return this.#steps[at]?.edgeName ?? '';
  }

  edgeType(at: number): string {
    return this.#steps[at]?.edgeType ?? '';
  }

  name(at: number): string {
    return this.node(at)?.name ?? '';
  }

  isLast(at: number): boolean {
    return at >= this.length - 1;
  }

  isFunction(at: number): boolean {
    return this.node(at)?.type === 'closure';
  }

  isContext(at: number): boolean {
    return /^system \/ (?:\w+ ?)*Context\b/.test(this.name(at)) && !this.isRealm(at);
  }

  isRealm(at: number): boolean {
    return this.name(at).startsWith('system / NativeContext');
  }

  isGlobal(at: number): boolean {
    if (this.node(at)?.type !== 'object') return false;
    const isBelowRoots = this.node(at - 1)?.type === 'synthetic';
    return (
      /^global_(?:object|proxy_object|proxy)$/.test(this.edge(at)) ||
      (this.edgeType(at) === 'shortcut' && isBelowRoots) ||
      (isBelowRoots && /^global\b/.test(this.name(at)))
    );
  }

  isArray(at: number): boolean {
    return this.node(at)?.type === 'array';
  }
}

/** The function at that index, if it is one. */
export function functionAt(raw: RawPath, at: number): HeapNode | undefined {
  return raw.isFunction(at) ? raw.node(at) : undefined;
}

export function placeAt(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): SourcePlace | undefined {
  const node = raw.node(at);
  return node === undefined ? undefined : world.placeOf(node);
}
