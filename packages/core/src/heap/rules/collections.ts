// Maps, Sets, their weak kin, and finalizers.

import type { Match, RawPath } from '../raw-path.js';

/** V8 draws the reference from the key to the value. */
export function weakMap(raw: RawPath, at: number): Match | undefined {
  if (!/^(?:\d+ \/ )?part of key \(/.test(raw.edge(at))) return undefined;
  return { kind: 'weak-map-value', at };
}

/** Map or Set -> table -> value or key */
export function collection(raw: RawPath, at: number): Match | undefined {
  if (!isTable(raw, at)) return undefined;
  const isSet = /Set$/.test(raw.name(at - 1)) && raw.key(at + 1) === undefined;
  return { kind: isSet ? 'set-entry' : 'map-entry', at: at + 1 };
}

export function isTable(raw: RawPath, at: number): boolean {
  return raw.edge(at) === 'table' && raw.isArray(at);
}

/** V8 does not name the two lists of a FinalizationRegistry: field 4 has the cells whose target lives. */
const CLEARED_CELLS = '5';

/** FinalizationRegistry -> WeakCell -> held value, or unregister token */
export function finalizer(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at) !== 'system / WeakCell') return undefined;
  let held = at + 1;
  while (raw.name(held) === 'system / WeakCell') held++;
  // Its list says whether the target has died: then the finalizer only waits for its turn.
  const isDue = raw.edge(at) === CLEARED_CELLS;
  return { kind: 'finalizer', name: isDue ? 'due' : '', at: held };
}
