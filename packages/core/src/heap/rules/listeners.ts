// Listeners of EventTargets and EventEmitters.

import type { Match, RawPath } from '../raw-path.js';
import { isTable } from './collections.js';

/** EventTarget -> [kEvents] -> Map -> table -> (Object -> Listener ->)* callback */
export function eventTarget(raw: RawPath, at: number): Match | undefined {
  if (!raw.edge(at).includes('kEvents') || !isTable(raw, at + 1)) return undefined;
  const entry = at + 2;
  let listener = entry;
  while (raw.edge(listener + 1) === 'next') listener++;
  const hasCallback = /^(?:listener|callback)$/.test(raw.edge(listener + 1));
  if (!hasCallback && !raw.isLast(listener)) return undefined;
  return {
    kind: 'listener',
    name: raw.key(entry)?.name ?? '',
    at: hasCallback ? listener + 1 : listener,
    keyAt: -1,
  };
}

/** EventEmitter -> _events -> event -> (Array ->) (wrapper of `once` ->) function */
export function emitter(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at) !== '_events' || raw.edgeType(at + 1) !== 'property') return undefined;
  let listener = at + 1;
  if (raw.edgeType(listener + 1) === 'element') listener++;
  if (raw.isFunction(listener) && raw.edge(listener + 1) === 'listener') listener++;
  if (!raw.isFunction(listener)) return undefined;
  return { kind: 'listener', name: raw.edge(at + 1), at: listener };
}
