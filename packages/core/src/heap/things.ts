// A heap node in the words of the public types.

import type { HeapNode } from '../native.js';
import type { HeapThing, SourcePlace } from '../types/retainers.js';

export function thingOf(node: HeapNode, place?: SourcePlace): HeapThing {
  return {
    kind: kindOf(node),
    name: nameOfThing(node),
    shallowBytes: node.shallowBytes,
    retainedBytes: node.retainedBytes,
    ...(place && { place }),
  };
}

const INTERNAL_TYPES: ReadonlySet<string> = new Set([
  'hidden',
  'code',
  'object shape',
  'synthetic',
  'native',
]);

function kindOf({ type, name }: HeapNode): HeapThing['kind'] {
  if (type === 'closure') return 'function';
  if (/string$/.test(type)) return 'string';
  if (INTERNAL_TYPES.has(type) || name.startsWith('system / ')) return 'internal';
  if (type === 'array') return 'internal';
  return type === 'object' || type === 'regexp' ? 'object' : 'other';
}

function nameOfThing({ type, name }: HeapNode): string {
  return name === '' && type === 'array' ? '(array)' : name;
}
