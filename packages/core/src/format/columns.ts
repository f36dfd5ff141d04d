// How wide a text is on a screen, and how it is cut to fewer columns.

import { eastAsianWidth } from 'get-east-asian-width';

const ELLIPSIS = '...';
const PLAIN = /^[\x20-\x7e]*$/;
/** Accents, joiners and selectors are drawn on what stands before them. */
const INVISIBLE = /^[\p{M}\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}]+/u;
const TWO_COLUMNS = /\uFE0F|^\p{RI}\p{RI}/u;

let segmenter: Intl.Segmenter | undefined;

/** What a reader would call letters: an emoji with its skin tone is one. */
function lettersOf(text: string): readonly string[] {
  if (PLAIN.test(text)) return [...text];
  // Takes a millisecond to make, and few texts need it.
  segmenter ??= new Intl.Segmenter(undefined, { granularity: 'grapheme' });
  return Array.from(segmenter.segment(text), ({ segment }) => segment);
}

function columnsOfLetter(letter: string): number {
  if (PLAIN.test(letter)) return 1;
  if (TWO_COLUMNS.test(letter)) return 2;
  const base = letter.replace(INVISIBLE, '').codePointAt(0);
  return base === undefined ? 0 : eastAsianWidth(base);
}

/** Of a terminal: two for most letters of Chinese, Japanese and Korean, and for an emoji; none for an accent. */
export function columnsOf(text: string): number {
  if (PLAIN.test(text)) return text.length;
  return lettersOf(text).reduce((sum, letter) => sum + columnsOfLetter(letter), 0);
}

export function padEnd(text: string, width: number): string {
  return text + blanks(width - columnsOf(text));
}

export function padStart(text: string, width: number): string {
  return blanks(width - columnsOf(text)) + text;
}

function blanks(count: number): string {
  return ' '.repeat(Math.max(0, count));
}

/** The beginning and the end stay. Below five columns only the end. */
export function cutMiddle(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const kept = Math.max(1, width - ELLIPSIS.length);
  const letters = lettersOf(text);
  const start = firstOf(letters, Math.floor(kept / 2)).join('');
  const end = lastOf(letters, kept - columnsOf(start)).join('');
  return `${start.trimEnd()}${ELLIPSIS}${end.trimStart()}`;
}

/** The beginning stays. */
export function cutEnd(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const start = firstOf(lettersOf(text), Math.max(1, width - ELLIPSIS.length));
  return `${start.join('').trimEnd()}${ELLIPSIS}`;
}

/** The end stays. */
export function cutStart(text: string, width: number): string {
  if (columnsOf(text) <= width) return text;
  const end = lastOf(lettersOf(text), Math.max(1, width - ELLIPSIS.length));
  return `${ELLIPSIS}${end.join('')}`;
}

/** As many as have room. */
function firstOf(letters: readonly string[], width: number): readonly string[] {
  let columns = 0;
  const beyond = letters.findIndex((letter) => {
    columns += columnsOfLetter(letter);
    return columns > width;
  });
  return beyond < 0 ? letters : letters.slice(0, beyond);
}

function lastOf(letters: readonly string[], width: number): readonly string[] {
  return firstOf(letters.toReversed(), width).toReversed();
}
