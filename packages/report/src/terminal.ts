// Lines that every text for terminals is made of.

import { alignColumns, type Cell, frameLocation, type TestRecord } from '@highwater/core';
import type { Finding } from './gate.js';
import type { FullStyle } from './style.js';
import {
  phrasesOf,
  placeOf,
  printable,
  type SiteWords,
  sitesOf,
  titleOf,
} from './words.js';

const GAP = 2;
const LEAST_NAME = 20;

/** A test on a line of its own: its titles, then where it is, in at most the columns there are. */
export function testLine(test: TestRecord, style: FullStyle, indent: string): string {
  const room = style.width - indent.length;
  const title = titleOf(test);
  const place = shortPlace(test, Math.max(LEAST_NAME, room - title.length - GAP));
  const name = cut(title, Math.max(LEAST_NAME, room - place.length - GAP));
  return `${indent}${name}${' '.repeat(GAP)}${style.paint.dim(place)}`;
}

/** A test, what is wrong with it, and where that comes from. */
export function findingLines(finding: Finding, style: FullStyle): readonly string[] {
  const { paint } = style;
  const colour =
    finding.direction === 'worse'
      ? paint.red
      : finding.direction === 'better'
        ? paint.green
        : paint.dim;
  return [
    testLine(finding.test, style, '  '),
    ...phrasesOf(finding).map((phrase) => `    ${colour(phrase)}`),
    ...siteLines(sitesOf(finding), style, '      '),
  ];
}

/** The first callsites, aligned; how many there are beyond. */
export function siteLines(
  all: readonly SiteWords[],
  style: FullStyle,
  indent: string,
): readonly string[] {
  const shown = all.slice(0, style.sites);
  if (shown.length === 0) return [];
  const numbers = shown.map(({ bytes, difference }): Cell[] => [
    ...(difference === undefined ? [] : [{ text: difference, align: 'right' as const }]),
    { text: bytes, align: 'right' },
  ]);
  const widths = Math.max(
    ...numbers.map((row) => row.reduce((sum, { text }) => sum + text.length + GAP, 0)),
  );
  const room = style.width - indent.length - widths;
  const nameWidth = Math.min(
    Math.floor(room / 2),
    Math.max(...shown.map(({ name }) => name.length)),
  );
  const rows = shown.map(({ name, place }, row): Cell[] => [
    ...(numbers[row] ?? []),
    { text: cut(name, nameWidth) },
    { text: cutLeft(place, room - nameWidth - GAP), paint: style.paint.dim },
  ]);
  const hidden = all.length - shown.length;
  return [
    ...alignColumns(rows, indent),
    ...(hidden === 0 ? [] : [`${indent}...and ${hidden} more`]),
  ];
}

/** Rows of a number and a test. */
export function rankedLines(
  rows: readonly { readonly number: string; readonly test: TestRecord }[],
  style: FullStyle,
): readonly string[] {
  const width = Math.max(...rows.map(({ number }) => number.length));
  return rows.map(({ number, test }) => {
    const line = testLine(test, style, ' '.repeat(2 + width + GAP));
    return `  ${number.padStart(width)}${line.slice(2 + width)}`;
  });
}

export function heading(text: string, style: FullStyle): string {
  return style.paint.bold(text);
}

/** The end goes. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 3))}...`;
}

/** The beginning goes. */
export function cutLeft(text: string, width: number): string {
  return text.length <= width
    ? text
    : `...${text.slice(text.length - Math.max(4, width - 3))}`;
}

function shortPlace(test: TestRecord, width: number): string {
  const { file, line = 0 } = test;
  const place = placeOf(test);
  if (place.length <= width) return place;
  return frameLocation({ file: printable(file), line }, '', width);
}
