// References of an object's own.

import type { Match, RawPath } from '../raw-path.js';

export function bound(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at) === 'bound_this') return { kind: 'bound-this', at };
  const [, index] = /^bound_argument_?(\d+)$/.exec(raw.edge(at)) ?? [];
  return index === undefined ? undefined : { kind: 'bound-argument', name: index, at };
}

export function proxy(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== 'system / JSProxy') return undefined;
  return { kind: 'proxy-target', at };
}

/** Object -> dictionary -> name of a property: the value is a number, or the path would lead to it. */
export function propertyName(raw: RawPath, at: number): Match | undefined {
  const isName = raw.edge(at) === 'properties' && raw.isArray(at) && raw.isLast(at + 1);
  if (!isName || raw.node(at + 1)?.type !== 'string') return undefined;
  return { kind: 'property', name: raw.name(at + 1), at: at + 1 };
}

export function property(raw: RawPath, at: number): Match | undefined {
  const name = raw.edge(at);
  if (raw.edgeType(at) === 'element') return { kind: 'element', name, at };
  if (raw.edgeType(at) !== 'property') return undefined;
  if (name === '__proto__') return { kind: 'prototype', at };
  if (name.startsWith('#')) return { kind: 'private-field', name, at };
  const symbol = /^<symbol (.*)>$/.exec(name)?.[1];
  return { kind: 'property', name: symbol === undefined ? name : `[${symbol}]`, at };
}
