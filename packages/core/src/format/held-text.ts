// What the survivors of a leak are, and what holds them, on lines of a failure text.

import { formatBytes, formatCount } from '../bytes.js';
import { FILE_DESCRIPTOR } from '../leaks/resources.js';
import { WASM_MEMORY } from '../leaks/wasm-memories.js';
import type {
  LeakCollection,
  LeakGroup,
  LeakGrowth,
  LeakReport,
  LeakResource,
} from '../types.js';
import { wrap } from './layout.js';
import { frameLocation, frameName } from './location.js';
import { retainerLines, retainerText } from './retainer-text.js';
import type { Style } from './style.js';
import { plural } from './wording.js';

const INDENT = '    ';
const TOP = 3;
const MOST_CONTENTS = 3;

/** Groups that a reader could not tell apart are one; most retained bytes first. */
export function rankGroups(
  groups: readonly LeakGroup[],
  style: Style,
): readonly LeakGroup[] {
  const merged = new Map<string, LeakGroup>();
  for (const group of groups) {
    const key = `${group.className}\n${pathShape(group, style)}`;
    const known = merged.get(key);
    merged.set(key, known === undefined ? group : add(known, group));
  }
  return [...merged.values()].sort(
    (a, b) => b.retainedBytesPerCall - a.retainedBytesPerCall,
  );
}

/** `held by:` and what else grows; nothing when no snapshot told. */
export function heldLines(
  groups: readonly LeakGroup[],
  { collections, growths, resources }: LeakReport,
  style: Style,
): string[] {
  const most = style.verbose ? Number.POSITIVE_INFINITY : TOP;
  const shown = groups.slice(0, most);
  const shownCollections = collections.slice(0, most);
  const hidden =
    groups.length + collections.length - shown.length - shownCollections.length;
  const heldCount = shown.length + shownCollections.length + growths.length;
  return [
    ...(heldCount > 0 ? ['  held by:'] : []),
    ...shown.flatMap((group) => groupLines(group, style)),
    ...shownCollections.flatMap((collection) => collectionLines(collection, style)),
    ...growths.flatMap((growth) => growthLines(growth, style)),
    ...(hidden > 0 ? [`${INDENT}...and ${plural(hidden, 'more path')}`] : []),
    ...(resources.length > 0 ? ['  left open:'] : []),
    ...resources.flatMap((resource) => resourceLines(resource, style)),
  ];
}

function groupLines(group: LeakGroup, style: Style): string[] {
  const [first = '', ...rest] = retainerLines(group.path, style, {
    label: '',
    indent: INDENT,
  });
  const lines = [first.replace(/^ +/, INDENT), ...rest];
  const contents = group.contents.filter(({ className }) => isOfUsers(className));
  if (contents.length === 0) return lines;
  const named = contents
    .slice(0, style.verbose ? contents.length : MOST_CONTENTS)
    .map((entry) => `${formatCount(entry.objectsPerCall)} × ${wordOf(entry.className)}`)
    .join(', ');
  return [
    ...lines,
    ...wrap(
      `with ${named}: ${formatBytes(group.retainedBytesPerCall)} per call`,
      style.width,
      `${INDENT}  `,
    ).map((line) => style.paint.dim(line)),
  ];
}

function collectionLines(
  { kind, entriesPerCall, entryCount, path }: LeakCollection,
  style: Style,
): string[] {
  const [first = '', ...rest] = retainerLines(path, style, { label: '', indent: INDENT });
  const fact = `${kind} with ${plural(entryCount, 'entry').replace('entrys', 'entries')}, ${formatCount(entriesPerCall)} more per call`;
  return [first.replace(/^ +/, INDENT), ...rest, `${INDENT}  ${fact}`];
}

/** The memory of WebAssembly that is all a report has to show. */
export function wasmMemoryOf({ growths: [growth] }: LeakReport): LeakGrowth | undefined {
  return growth?.className === WASM_MEMORY ? growth : undefined;
}

function growthLines(growth: LeakGrowth, style: Style): string[] {
  const { className, retainedBytes, path } = growth;
  const [first = '', ...rest] = retainerLines(path, style, { label: '', indent: INDENT });
  const bytes = formatBytes(retainedBytes);
  const fact =
    className === WASM_MEMORY
      ? `${bytes} of it in use`
      : `${bytes} with all that only it holds`;
  return [first.replace(/^ +/, INDENT), ...rest, `${INDENT}  ${fact}`];
}

/** The files that are all a report has to show. */
export function openFileOf({ groups, resources }: LeakReport): LeakResource | undefined {
  return groups.length > 0
    ? undefined
    : resources.find(({ type }) => type === FILE_DESCRIPTOR);
}

function resourceLines(
  { type, perCall, frames, names = [] }: LeakResource,
  style: Style,
): string[] {
  const [frame] = frames ?? [];
  const where =
    frame === undefined
      ? ''
      : `, opened by ${frameName(frame)} ${frameLocation(frame, style.root)}`;
  return [
    ...wrap(`${type}: +${formatCount(perCall)} per call${where}`, style.width, INDENT),
    ...names.map(
      (name) => `${INDENT}  ${frameLocation({ file: name, line: 0 }, style.root)}`,
    ),
  ];
}

/** Without indexes: entry 12 and entry 13 are the same to a reader. */
function pathShape({ path }: LeakGroup, style: Style): string {
  return retainerText(path, style)
    .replace(/\[\d+\]/g, '[]')
    .replace(/"[^"]*"/g, '""');
}

function add(known: LeakGroup, group: LeakGroup): LeakGroup {
  return {
    ...known,
    objectCount: known.objectCount + group.objectCount,
    objectsPerCall: known.objectsPerCall + group.objectsPerCall,
    bytesPerCall: known.bytesPerCall + group.bytesPerCall,
    retainedBytesPerCall: known.retainedBytesPerCall + group.retainedBytesPerCall,
    contents: addContents(known.contents, group.contents),
  };
}

function addContents(
  known: LeakGroup['contents'],
  more: LeakGroup['contents'],
): LeakGroup['contents'] {
  const added = new Map(known.map((entry) => [entry.className, entry]));
  for (const { className, objectsPerCall, bytesPerCall } of more) {
    const old = added.get(className);
    added.set(className, {
      className,
      objectsPerCall: (old?.objectsPerCall ?? 0) + objectsPerCall,
      bytesPerCall: (old?.bytesPerCall ?? 0) + bytesPerCall,
    });
  }
  return [...added.values()].sort((a, b) => b.bytesPerCall - a.bytesPerCall);
}

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

const PARTS: ReadonlySet<string> = new Set([
  '(array)',
  '(system)',
  '(compiled code)',
  '(object shape)',
]);

/** A class's tables are a part of it to a reader, and scopes a part of functions. */
function isOfUsers(className: string): boolean {
  const isScope = className.startsWith('system / ') && !/BufferData$/.test(className);
  return !PARTS.has(className) && !isScope;
}
