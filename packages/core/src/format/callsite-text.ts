// The "where" of a failure text: which functions, called from where, and how much of it.

import type { Frame, NativeStack, SiteIdentity } from '../types.js';
import { columnsOf, cutEnd } from './columns.js';
import { alignColumns, type Cell, GAP, widthOf } from './layout.js';
import { frameLocation, frameName } from './location.js';
import { fitPlaces } from './named-places.js';
import type { Style } from './style.js';
import { formatShare } from './wording.js';

const INDENT = '    ';
const TOP = 3;

/** Stands for the missing frames of what threads of addons and of Node's pool ask for. */
export const NO_JAVASCRIPT: Frame = {
  functionName: '(no JavaScript)',
  file: '(native threads)',
  line: 0,
  column: 0,
  origin: 'builtin',
};

/** A stack with numbers that can be added up. */
export interface SiteNumbers extends SiteIdentity {
  /** Per call. */
  readonly count: number;
  /** Per call. */
  readonly bytes: number;
}

/** What {@link siteLines} needs to know about a list of sites. */
export interface SiteTable<Site extends SiteNumbers> {
  /** The cells to the right of name and location. */
  readonly numbers: (site: Site) => readonly string[];
  /** Stands after "...and 12 more". */
  readonly rest: (hidden: readonly Site[]) => string;
  /** Lines below one site. */
  readonly notes?: (site: Site) => readonly string[];
  /** The same, only when verbose. */
  readonly details?: (site: Site) => readonly string[];
}

/** By which native functions a site asked for its memory, on lines below it. */
export function nativeStackNotes(
  stacks: readonly NativeStack[] | undefined,
  { width, verbose }: Style,
): readonly string[] {
  const [most] = stacks ?? [];
  if (stacks === undefined || most === undefined) return [];
  if (!verbose) return [cutAtFrame(namesOf(most), width - INDENT.length - GAP.length)];
  return stacks.flatMap((stack) => [
    `${formatShare(stack.share)} by`,
    ...namesOf(stack).map((name) => `  ${name}`),
  ]);
}

/** The largest first. By default stacks that end in the same function are one entry; verbose shows each. */
export function rankSites<Site extends SiteNumbers>(
  sites: readonly Site[],
  by: 'count' | 'bytes',
  style: Style,
): readonly Site[] {
  const ranked = [...sites].sort((a, b) => b[by] - a[by]);
  if (style.verbose) return ranked;

  // Heaviest first, so the entry keeps the stack of its heaviest caller.
  const functions = new Map<string, Site>();
  for (const site of ranked) {
    const key = identity(site.frames[0]);
    const known = functions.get(key);
    functions.set(
      key,
      known === undefined
        ? site
        : { ...known, count: known.count + site.count, bytes: known.bytes + site.bytes },
    );
  }
  return [...functions.values()].sort((a, b) => b[by] - a[by]);
}

/** One aligned table: each site, and below it who called it. `ranked` comes from {@link rankSites}. */
export function siteLines<Site extends SiteNumbers>(
  ranked: readonly Site[],
  table: SiteTable<Site>,
  style: Style,
): string[] {
  const { paint } = style;
  const shown = style.verbose ? ranked : ranked.slice(0, TOP);
  const hidden = ranked.slice(shown.length);
  const numberCells = shown.map((site) => table.numbers(site).map(rightAligned));
  const stacks = shown.map((site) => stackOf(site, style));
  const entries = stacks.flat();

  const room = style.width - INDENT.length - widthOf(numberCells) - GAP.length;
  const numbersWidth = widthOf(numberCells);
  const fitted = fitPlaces(
    entries.map(({ arrow, name, place }) => ({
      prefix: arrow,
      name,
      place,
      freeColumns: arrow === '' ? 0 : numbersWidth,
    })),
    style.verbose ? Infinity : room,
  );
  let next = 0;
  const rows = stacks.map((stack, index) =>
    stack.map((entry, depth): SiteRow => {
      const { name, isBelow } = fitted[next++] ?? { name: '', isBelow: false };
      const isSite = depth === 0;
      const { place } = entry;
      const numbers = isSite ? (numberCells[index] ?? []) : [];
      return {
        cells: [
          { text: name, paint: isSite ? paint.bold : paint.dim },
          ...(isBelow && numbers.length === 0
            ? []
            : [{ text: isBelow ? '' : place, ...(isSite ? {} : { paint: paint.dim }) }]),
          ...numbers,
        ],
        ...(isBelow && {
          below: `${INDENT}${' '.repeat(entry.arrow.length + 2)}${isSite ? place : paint.dim(place)}`,
        }),
      };
    }),
  );
  return [
    ...interleaveDetails(linesOf(rows), shown, table, style),
    ...(hidden.length === 0
      ? []
      : [
          `${INDENT}...and ${hidden.length.toLocaleString('en-US')} more${table.rest(hidden)}`,
        ]),
  ];
}

interface StackEntry {
  readonly arrow: string;
  readonly name: string;
  readonly place: string;
}

interface SiteRow {
  readonly cells: readonly Cell[];
  /** A place that has no room in the row. */
  readonly below?: string;
}

/** Aligned over all stacks; the lines of each. */
function linesOf(
  stacks: readonly (readonly SiteRow[])[],
): readonly (readonly string[])[] {
  const lines = alignColumns(
    stacks.flatMap((rows) => rows.map(({ cells }) => cells)),
    INDENT,
  );
  let next = 0;
  return stacks.map((rows) =>
    rows.flatMap(({ below }) => {
      const line = lines[next++] ?? '';
      return below === undefined ? [line] : [line, below];
    }),
  );
}

/** The site itself, then its nearest caller that tells something; verbose: all callers. */
function stackOf(site: SiteNumbers, style: Style): readonly StackEntry[] {
  const [top, ...callers] = site.frames;
  if (top === undefined) return [];
  const entry = (frame: Frame, arrow: string): StackEntry => ({
    arrow,
    name: frameName(frame),
    place: frameLocation(frame, style.root),
  });
  const head = entry(top, '');
  if (style.verbose) {
    return [head, ...callers.map((frame) => entry(frame, '  < '))];
  }

  const isNews = (frame: Frame): boolean => identity(frame) !== identity(top);
  const user = callers.findIndex((frame) => frame.origin === 'user' && isNews(frame));
  const index = user >= 0 ? user : callers.findIndex(isNews);
  const caller = callers[index];
  if (caller === undefined) return [head];
  // The two dots say that frames between them are not shown.
  const arrow = callers.slice(0, index).some(isNews) ? '  < .. < ' : '  < ';
  return [head, entry(caller, arrow)];
}

function interleaveDetails<Site extends SiteNumbers>(
  lines: readonly (readonly string[])[],
  shown: readonly Site[],
  table: SiteTable<Site>,
  style: Style,
): readonly string[] {
  const { notes, details } = table;
  const room = style.width - INDENT.length - GAP.length;
  return lines.flatMap((own, index) => {
    const site = shown[index];
    if (site === undefined) return own;
    const more = [
      ...(notes?.(site) ?? []).map((line) =>
        cutEnd(line, style.verbose ? Infinity : room),
      ),
      ...(style.verbose ? (details?.(site) ?? []) : []),
    ];
    return [...own, ...more.map((line) => style.paint.dim(`${INDENT}  ${line}`))];
  });
}

/** Each with its file, where that is another than the one before. */
function namesOf({ frames }: NativeStack): readonly string[] {
  return frames.map(({ functionName, module }, depth) => {
    const name = functionName.replaceAll('(anonymous namespace)::', '') || '(no name)';
    return frames[depth - 1]?.module === module ? name : `${name} [${module}]`;
  });
}

/** As many of the innermost as have room, at least one. */
function cutAtFrame(names: readonly string[], room: number): string {
  const text = `by ${names.join(' < ')}`;
  if (columnsOf(text) <= room || names.length === 1) return text;
  for (let shown = names.length - 1; shown > 1; shown--) {
    const some = `by ${names.slice(0, shown).join(' < ')} < ..`;
    if (columnsOf(some) <= room) return some;
  }
  return `by ${names[0]} < ..`;
}

function identity(frame: Frame | undefined): string {
  if (frame === undefined) return '';
  return [frame.functionName, frame.file, frame.line, frame.column].join('\n');
}

function rightAligned(text: string): Cell {
  return { text, align: 'right' };
}
