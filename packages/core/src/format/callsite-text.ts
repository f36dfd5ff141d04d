// The "where" of a failure text: which functions, called from where, and how much of it.

import type { Frame, NativeStack, SiteIdentity } from '../types.js';
import { alignColumns, type Cell, GAP, widthOf } from './layout.js';
import { frameLocation, frameName, shortenName } from './location.js';
import type { Style } from './style.js';
import { formatShare } from './wording.js';

const INDENT = '    ';
const TOP = 3;
const MAX_NAME = 26;
const MIN_NAME = 14;
const MIN_LOCATION = 20;

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

  const longest = entries.reduce(
    (most, { arrow, name }) => Math.max(most, arrow.length + name.length),
    0,
  );
  const room = style.width - INDENT.length - widthOf(numberCells) - GAP.length;
  const nameWidth = style.verbose
    ? longest
    : Math.min(longest, MAX_NAME, Math.max(MIN_NAME, room - MIN_LOCATION));
  const locationWidth = style.verbose
    ? Infinity
    : Math.max(MIN_LOCATION, room - nameWidth);

  const lines = alignColumns(
    stacks.flatMap((stack, index) =>
      stack.map((entry, depth): Cell[] => {
        const isSite = depth === 0;
        return [
          {
            text: entry.arrow + shortenName(entry.name, nameWidth - entry.arrow.length),
            paint: isSite ? paint.bold : paint.dim,
          },
          {
            text: frameLocation(entry.frame, style.root, locationWidth),
            ...(isSite ? {} : { paint: paint.dim }),
          },
          ...(isSite ? (numberCells[index] ?? []) : []),
        ];
      }),
    ),
    INDENT,
  );

  return [
    ...interleaveDetails(lines, stacks, shown, table, style),
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
  readonly frame: Frame;
}

/** The site itself, then its nearest caller that tells something; verbose: all callers. */
function stackOf(site: SiteNumbers, style: Style): readonly StackEntry[] {
  const [top, ...callers] = site.frames;
  if (top === undefined) return [];
  const entry = (frame: Frame, arrow: string): StackEntry => ({
    arrow,
    name: frameName(frame),
    frame,
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
  lines: readonly string[],
  stacks: readonly (readonly StackEntry[])[],
  shown: readonly Site[],
  table: SiteTable<Site>,
  style: Style,
): readonly string[] {
  const { notes, details } = table;
  const room = style.width - INDENT.length - GAP.length;
  let next = 0;
  return stacks.flatMap((stack, index) => {
    const own = lines.slice(next, next + stack.length);
    next += stack.length;
    const site = shown[index];
    if (site === undefined) return own;
    const more = [
      ...(notes?.(site) ?? []).map((line) => cut(line, style.verbose ? Infinity : room)),
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
  if (text.length <= room || names.length === 1) return text;
  for (let shown = names.length - 1; shown > 1; shown--) {
    const some = `by ${names.slice(0, shown).join(' < ')} < ..`;
    if (some.length <= room) return some;
  }
  return `by ${names[0]} < ..`;
}

function identity(frame: Frame | undefined): string {
  if (frame === undefined) return '';
  return [frame.functionName, frame.file, frame.line, frame.column].join('\n');
}

function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, width - 3)}...`;
}

function rightAligned(text: string): Cell {
  return { text, align: 'right' };
}
