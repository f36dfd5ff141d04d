// Lines that every text for terminals is made of.

import {
  alignColumns,
  type Cell,
  fitPlaces,
  padStart,
  type TestRecord,
  widthOf,
  wrap,
} from '@highwater/core';
import { cutPaths, pathLine, widestOf } from './cuts.js';
import type { FileFinding, Finding } from './gate.js';
import type { FullStyle } from './style.js';
import { testLines } from './test-lines.js';
import { nameOf, phrasesOf, type SiteWords, sitesOf } from './words.js';

const GAP = 2;

/** Tests and files, what is wrong with each, and where that comes from. */
export function findingLines(
  findings: readonly Finding[],
  style: FullStyle,
): readonly (readonly string[])[] {
  const { paint } = style;
  const heads = headLines(findings, style);
  return findings.map((finding, index) => {
    const colour =
      finding.direction === 'worse'
        ? paint.red
        : finding.direction === 'better'
          ? paint.green
          : paint.dim;
    const phrases =
      'test' in finding
        ? phrasesOf(finding).map((phrase) => `    ${colour(phrase)}`)
        : filePhrases(finding, colour, style);
    return [
      ...(heads[index] ?? []),
      ...phrases,
      ...siteLines(sitesOf(finding), style, '      '),
    ];
  });
}

/** Each by its name. */
function headLines(
  findings: readonly Finding[],
  style: FullStyle,
): readonly (readonly string[])[] {
  const ofTests = findings.filter((finding) => 'test' in finding);
  const ofFiles = findings.filter((finding) => !('test' in finding));
  const tests = testLines(
    ofTests.map(({ test }) => test),
    style,
    '  ',
  );
  const files = cutPaths(ofFiles.map(nameOf), style.width - 2);
  const lines = new Map<Finding, readonly string[]>([
    ...ofTests.map((finding, index) => [finding, tests[index] ?? []] as const),
    ...ofFiles.map((finding, index) => [finding, [`  ${files[index] ?? ''}`]] as const),
  ]);
  return findings.map((finding) => lines.get(finding) ?? []);
}

/** What the file left, then of what and by whom it is held. */
function filePhrases(
  finding: FileFinding,
  colour: (text: string) => string,
  { textWidth, paint }: FullStyle,
): readonly string[] {
  const [first = '', ...held] = phrasesOf(finding);
  return [
    `    ${colour(first)}`,
    ...held.flatMap((phrase) =>
      wrap(phrase, textWidth, '      ', '  ').map((row) => paint.dim(row)),
    ),
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
  const stacks = shown.map((site) =>
    site.caller === undefined || !isAlike(site, shown)
      ? [{ prefix: '', ...site }]
      : [
          { prefix: '', ...site },
          { prefix: '  < ', ...site.caller },
        ],
  );
  const blanks = (numbers[0] ?? []).map((): Cell => ({ text: '' }));
  const left = indent.length + widthOf(numbers);
  const fitted = fitPlaces(stacks.flat(), style.width - left);
  const { dim } = style.paint;
  const entries = stacks.flatMap((stack, row) =>
    stack.map(({ place }, depth) => ({
      place,
      cells: depth === 0 ? (numbers[row] ?? []) : blanks,
      paint: depth === 0 ? undefined : dim,
    })),
  );
  const rows = entries.map(({ place, cells, paint }, index): Cell[] => {
    const { name = '', isBelow = false } = fitted[index] ?? {};
    return [
      ...cells,
      { text: name, ...(paint && { paint }) },
      ...(isBelow ? [] : [{ text: place, paint: dim }]),
    ];
  });
  const hidden = all.length - shown.length;
  return [
    ...alignColumns(rows, indent).flatMap((line, index) =>
      fitted[index]?.isBelow === true
        ? [line, pathLine(entries[index]?.place ?? '', style, left + 2)]
        : [line],
    ),
    ...(hidden === 0 ? [] : [`${indent}...and ${hidden} more`]),
  ];
}

function isAlike(site: SiteWords, sites: readonly SiteWords[]): boolean {
  return sites.some(
    (other) => other !== site && other.name === site.name && other.place === site.place,
  );
}

/** Rows of a number and a test. */
export function rankedLines(
  rows: readonly { readonly number: string; readonly test: TestRecord }[],
  style: FullStyle,
): readonly string[] {
  const width = widestOf(rows.map(({ number }) => number));
  const indent = ' '.repeat(2 + width + GAP);
  const tests = testLines(
    rows.map(({ test }) => test),
    style,
    indent,
  );
  return rows.flatMap(({ number }, index) => {
    const [first = '', ...more] = tests[index] ?? [];
    return [`  ${padStart(number, width)}${first.slice(2 + width)}`, ...more];
  });
}

export function heading(text: string, style: FullStyle): string {
  return style.paint.bold(text);
}

/** A heading, the first items, and how many there are beyond. Nothing for none. */
export function listed<Item>(
  items: readonly Item[],
  title: string,
  linesOf: (items: readonly Item[]) => readonly (readonly string[])[],
  style: FullStyle,
  most: number,
): readonly string[] {
  if (items.length === 0) return [];
  const hidden = items.length - most;
  return [
    heading(title, style),
    ...linesOf(items.slice(0, most)).flat(),
    ...(hidden > 0 ? [`  ...and ${hidden} more`] : []),
  ];
}
