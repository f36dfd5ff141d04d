// What a reader calls a class of DevTools.

import { formatCount } from '../bytes.js';
import { plural } from './wording.js';

/** `1 Session`, `2 Session objects`, `2 closures`. */
export function classCount(count: number, className: string): string {
  const word = wordOf(className);
  if (word !== className) return plural(count, word);
  return formatCount(count) === '1'
    ? `1 ${className}`
    : `${plural(count, `${className} object`)}`;
}

/** DevTools' word for what has no class, without its brackets. */
export function wordOf(className: string): string {
  if (className === 'system / JSArrayBufferData') return 'ArrayBuffer store';
  if (className === 'Object') return 'object';
  // Whether it is a rope, or a piece of another, is V8's affair.
  if (/^\((?:concatenated|sliced) string\)$/.test(className)) return 'string';
  return /^\((.*)\)$/.exec(className)?.[1] ?? className;
}
