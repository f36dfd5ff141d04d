// Numbers as people write and read them: sizes and counts. `MB` is 10^6 and `MiB` is 2^20, and what is printed parses back.

import prettyBytes from 'pretty-bytes';

import { errors } from './errors.js';

const UNIT_BYTES: Readonly<Record<string, number>> = {
  b: 1,
  kb: 1e3,
  mb: 1e6,
  gb: 1e9,
  tb: 1e12,
  // Nobody's limit, but formatBytes prints it from 999.5 TB on.
  pb: 1e15,
  kib: 2 ** 10,
  mib: 2 ** 20,
  gib: 2 ** 30,
  tib: 2 ** 40,
};

// `_` between any digits, as in JavaScript; spaces only between groups of three.
const SIZE = /^(\d+(?:_\d+)*|\d{1,3}(?: \d{3})+)(?:\.(\d+))? *([a-z]*)$/i;

// Commas only as highwater prints them itself: in front of MB one could be a decimal point.
const EXACT_SIZE = /^\d{1,3}(?:,\d{3})+ *B$/;

/**
 * Bytes from what a user wrote: a whole number of bytes, or digits with a unit.
 *
 * Units: `B`; `kB MB GB TB` (powers of 1000); `KiB MiB GiB TiB` (powers of 1024). Case does
 * not matter (`'5mb'`, `'5KB'`, `'5MIB'`), except that a lower-case `b` after a capital reads
 * as bits (`'5Mb'`) and is refused. No unit means bytes. A fraction of a byte is refused when
 * written in bytes (`'0.3 B'`) and rounded in larger units (`'1.1 MiB'` is 1,153,434).
 *
 * @param what what the size is for, for the error: `'the limit of toPeakBelow'`
 * @throws HighwaterError `invalid-size` for everything else
 */
export function parseBytes(value: number | string, what: string): number {
  if (typeof value === 'number') {
    // -0 is a whole number too, and would print its sign.
    if (Number.isInteger(value) && value >= 0) return value === 0 ? 0 : value;
    throw errors.invalidSize(value, what);
  }
  // Untyped callers pass anything.
  if (typeof value !== 'string') throw errors.invalidSize(value, what);
  const text = value.trim();
  if (EXACT_SIZE.test(text)) return Number(text.replace(/[^\d]/g, ''));

  const match = SIZE.exec(text);
  if (match === null) throw errors.invalidSize(value, what);
  const [, whole = '', fraction = '', unit = ''] = match;
  const factor = UNIT_BYTES[unit === '' ? 'b' : unit.toLowerCase()];
  if (factor === undefined) throw errors.invalidSize(value, what);
  if (unit.endsWith('b') && unit !== unit.toLowerCase()) {
    throw errors.invalidSize(value, what, `${unit} means bits`);
  }

  const bytes = scale(whole.replace(/[_ ]/g, ''), fraction, factor);
  const isFraction = factor === 1 && /[1-9]/.test(fraction);
  const isLost = bytes === 0 && /[1-9]/.test(whole + fraction);
  if (isFraction || isLost) throw errors.invalidSize(value, what, 'a fraction of a byte');
  if (!Number.isFinite(bytes)) throw errors.invalidSize(value, what);
  return bytes;
}

/**
 * A count of objects from what a user wrote: a whole number, 0 or more.
 *
 * @param what what the count is for, for the error: `'the limit of toAllocateFewerThan'`
 * @throws HighwaterError `invalid-count` for everything else
 */
export function parseCount(value: number, what: string): number {
  if (!Number.isInteger(value) || value < 0) throw errors.invalidCount(value, what);
  return value === 0 ? 0 : value;
}

/** `4.35 * 1e6` is not 4,350,000 in floating point; in integers it is. */
function scale(whole: string, fraction: string, factor: number): number {
  const divisor = 10n ** BigInt(fraction.length);
  const scaled = BigInt(whole + fraction) * BigInt(factor);
  return Number((scaled + divisor / 2n) / divisor);
}

/** Three significant digits in powers of 1000: `'7.31 MB'`, `'512 B'`. */
export function formatBytes(bytes: number): string {
  return prettyBytes(bytes);
}

/** A difference, with its sign: `'+2.31 MB'`, `'-16 B'`, `'0 B'`. */
export function formatBytesSigned(bytes: number): string {
  return bytes === 0 ? '0 B' : prettyBytes(bytes, { signed: true });
}

/** Every byte of it: `'5,000,001 B'`. */
export function formatBytesExact(bytes: number): string {
  return `${grouped(bytes, 3)} B`;
}

/**
 * Two numbers to be read side by side. Different numbers never print alike: they drop to exact
 * bytes. Equal numbers do so too when the short form would hide digits, so that "exactly 5 MB" is true.
 */
export function formatBytesApart(a: number, b: number): readonly [string, string] {
  const [shortA, shortB] = [formatBytes(a), formatBytes(b)];
  if (a === b)
    return isLossless(a) ? [shortA, shortB] : [formatBytesExact(a), formatBytesExact(b)];
  if (shortA !== shortB) return [shortA, shortB];
  const [exactA, exactB] = apart(a, b);
  return [`${exactA} B`, `${exactB} B`];
}

/** A count of objects: `'61,204'`; counts per call can be fractions (`'2.5'`). */
export function formatCount(count: number): string {
  return grouped(count, 2);
}

/** A difference of counts, with its sign. */
export function formatCountSigned(count: number): string {
  return count > 0 ? `+${formatCount(count)}` : formatCount(count);
}

/** Two counts to be read side by side; different ones never print alike. */
export function formatCountApart(a: number, b: number): readonly [string, string] {
  const [shortA, shortB] = [formatCount(a), formatCount(b)];
  return a === b || shortA !== shortB ? [shortA, shortB] : apart(a, b);
}

function grouped(value: number, digits: number): string {
  // 'negative' is 'auto' without "-0".
  return value.toLocaleString('en-US', {
    maximumFractionDigits: digits,
    signDisplay: 'negative',
  });
}

function isLossless(bytes: number): boolean {
  const size = Math.abs(bytes);
  return Number.isInteger(size) && parseBytes(formatBytes(size), 'a size') === size;
}

// Medians can lie a fraction of a byte apart: as many digits as it takes to see it.
function apart(a: number, b: number): readonly [string, string] {
  for (let digits = 0; digits <= 20; digits++) {
    const [textA, textB] = [grouped(a, digits), grouped(b, digits)];
    if (textA !== textB) return [textA, textB];
  }
  return [String(a), String(b)];
}
