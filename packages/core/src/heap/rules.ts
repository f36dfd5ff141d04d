// Which references of V8 stand for which reference that a person wrote.

import type { Match, PlaceWorld, RawPath, Rule } from './raw-path.js';
import { collection, finalizer, weakMap } from './rules/collections.js';
import { emitter, eventTarget } from './rules/listeners.js';
import { bound, property, propertyName, proxy } from './rules/properties.js';
import { globalObject, nativeObject, root, stack } from './rules/roots.js';
import { cjsExport, moduleExport, moduleVariable, scope } from './rules/scopes.js';
import {
  asyncContext,
  awaiting,
  listOfTimers,
  promise,
  suspended,
  timerCallback,
} from './rules/waiting.js';

// The first that fits decides.
const RULES: readonly Rule[] = [
  stack,
  globalObject,
  listOfTimers,
  timerCallback,
  eventTarget,
  emitter,
  awaiting,
  suspended,
  moduleVariable,
  moduleExport,
  scope,
  promise,
  asyncContext,
  weakMap,
  collection,
  finalizer,
  bound,
  proxy,
  nativeObject,
  root,
  cjsExport,
  propertyName,
  property,
];

export function matchAt(raw: RawPath, at: number, world: PlaceWorld): Match {
  for (const rule of RULES) {
    const match = rule(raw, at, world);
    // A chain that ends inside V8's own structures stays as it is.
    if (match !== undefined && match.at < raw.length) return match;
  }
  return { kind: 'internal', name: raw.edge(at), at };
}
