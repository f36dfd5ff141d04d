// Phrases that every failure text shares.

import { formatBytes, formatCount } from '../bytes.js';

// Names like 'my test > does x' (computed keys) would make the sentence unreadable.
const CALLABLE_NAME = /^[\p{ID_Start}$_#][\p{ID_Continue}$.#]{0,39}$/u;

/** `parse()` for a function with a usable name, else `undefined`. */
export function callOf(name: string | undefined): string | undefined {
  const bare = (name ?? '').replace(/^(?:bound |get |set )+/, '');
  return CALLABLE_NAME.test(bare) ? `${bare}()` : undefined;
}

/** A function in the middle of a sentence: `parse()`, or its odd name as it is. */
export function callOrName(name: string): string {
  return callOf(name) ?? name;
}

/** `'1 object'`, `'2,340 objects'`. */
export function plural(count: number, noun: string, many = `${noun}s`): string {
  const text = formatCount(count);
  return `${text} ${text === '1' ? noun : many}`;
}

/** `a`, `a and b`, `a, b and c`. */
export function listed(things: readonly string[]): string {
  const last = things.at(-1) ?? '';
  return things.length < 2 ? last : `${things.slice(0, -1).join(', ')} and ${last}`;
}

/** A share between 0 and 1. */
export function formatShare(share: number): string {
  return share > 0 && share < 0.001 ? '<0.1 %' : `${(share * 100).toFixed(1)} %`;
}

/** `'Node 20.20.2'`, from `process.version` or `process.versions.node`. */
export function nodeName(version: string): string {
  return `Node ${version.replace(/^v/, '')}`;
}

/** The next round number above `value`: what a strict limit has to be to let it pass. */
export function roundAbove(value: number): number {
  const step = stepOf(value);
  return (Math.floor(value / step) + 1) * step;
}

/** The next round number that is not below `value`. */
export function roundUp(value: number): number {
  const step = stepOf(value);
  return Math.ceil(value / step) * step;
}

/** The next round number that is not above `value`. */
export function roundDown(value: number): number {
  const step = stepOf(value);
  return Math.max(0, Math.floor(value / step) * step);
}

/** A size as an argument: `'5 MB'` in quotes. */
export function sizeLiteral(bytes: number): string {
  return `'${formatBytes(bytes)}'`;
}

/** A count as an argument: `2_400`. */
export function countLiteral(count: number): string {
  return formatCount(count).replaceAll(',', '_');
}

// Two significant digits, so that the literal parses back to the same number.
function stepOf(value: number): number {
  return value < 100 ? 1 : 10 ** (Math.floor(Math.log10(value)) - 1);
}
