// What is alive for good, and what runs: globals, V8's roots, the stack, Node's objects in C++.

import type { Match, RawPath } from '../raw-path.js';

const STACK_ROOTS = '(Stack roots)';

/** Node refers to it from many places of its own, its variables among them. */
export function asProcess(match: Match, raw: RawPath): Match {
  const isProcess =
    raw.name(match.at) === 'process' && raw.node(match.at)?.type === 'object';
  return isProcess
    ? { kind: 'global', name: 'process', at: match.at, isForGood: true }
    : match;
}

/** root -> (realm ->) global -> property */
export function globalObject(raw: RawPath, at: number): Match | undefined {
  let global = at;
  while (raw.isRealm(global)) global++;
  if (!raw.isGlobal(global)) return undefined;
  if (raw.isLast(global)) return { kind: 'root', name: 'globalThis', at: global };
  // The same reference once more, as V8 stores it.
  const cell = global + 2;
  if (
    raw.edge(global + 1) === 'properties' &&
    raw.name(cell) === 'system / PropertyCell'
  ) {
    return { kind: 'global', at: cell + 1, isForGood: true };
  }
  if (raw.edgeType(global + 1) !== 'property') return undefined;
  return { kind: 'global', name: raw.edge(global + 1), at: global + 1, isForGood: true };
}

/** (Stack roots) -> (Context ->) what a function that runs at this moment has */
export function stack(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== STACK_ROOTS) return undefined;
  let held = at;
  while (raw.isContext(held)) held++;
  return {
    kind: 'stack',
    name: held > at && raw.edgeType(held) === 'context' ? raw.edge(held) : '',
    at: held,
  };
}

export function root(raw: RawPath, at: number): Match | undefined {
  if (raw.node(at - 1)?.type !== 'synthetic') return undefined;
  return { kind: 'root', name: raw.name(at - 1).replace(/^\(|\)$/g, ''), at };
}

/** Node's objects in C++, one after another, up to the first of JavaScript. */
export function nativeObject(raw: RawPath, at: number): Match | undefined {
  let native = at;
  while (isNative(raw, native)) native++;
  if (native === at) return undefined;
  const isObject = native < raw.length;
  return {
    kind: 'native',
    name: raw.name(native - 1).replace(/^Node \/ /, ''),
    at: isObject ? native : native - 1,
  };
}

function isNative(raw: RawPath, at: number): boolean {
  return raw.node(at)?.type === 'native';
}
