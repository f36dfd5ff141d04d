// What the survivors of a leak are, and what holds them, on lines of a failure text.

import { formatBytes, formatCount } from '../bytes.js';
import { FILE_DESCRIPTOR } from '../leaks/resources.js';
import { WASM_MEMORY } from '../leaks/wasm-memories.js';
import { sum } from '../stats.js';
import type {
  LeakCollection,
  LeakGroup,
  LeakGrowth,
  LeakReport,
  LeakResource,
} from '../types.js';
import { classCount } from './class-words.js';
import { wrap } from './layout.js';
import type { CallUnit } from './leak-amounts.js';
import { frameLocation, frameName } from './location.js';
import { retainerLines, retainerText } from './retainer-text.js';
import type { Style } from './style.js';
import { listed, plural } from './wording.js';

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
  unit: CallUnit,
  style: Style,
): string[] {
  const most = style.verbose ? Number.POSITIVE_INFINITY : TOP;
  const shown = groups.slice(0, most);
  const shownCollections = collections.slice(0, most);
  const isOne = groups.length === 1;
  const heldCount = shown.length + shownCollections.length + growths.length;
  return [
    ...(heldCount > 0 ? ['  held by:'] : []),
    ...shown.flatMap((group) => groupLines(group, unit, isOne, style)),
    ...restLines(groups.slice(most), unit, 'path'),
    ...shownCollections.flatMap((collection) => collectionLines(collection, unit, style)),
    ...restLines(collections.slice(most), unit, 'collection'),
    ...growths.flatMap((growth) => growthLines(growth, style)),
    ...(resources.length > 0 ? ['  left open:'] : []),
    ...resources.flatMap((resource) => resourceLines(resource, style)),
  ];
}

/** The rows that are not shown, with the bytes that the first line counts. */
function restLines(
  hidden: readonly (LeakGroup | LeakCollection)[],
  { calls, per }: CallUnit,
  noun: string,
): string[] {
  if (hidden.length === 0) return [];
  const bytes = sum(
    hidden.map((one) => ('className' in one ? one.retainedBytesPerCall * calls : 0)),
  );
  const entries = sum(
    hidden.map((one) => ('entriesPerCall' in one ? one.entriesPerCall * calls : 0)),
  );
  const amount = entries > 0 ? plural(entries, 'entry', 'entries') : formatBytes(bytes);
  return [`${INDENT}...and ${plural(hidden.length, `more ${noun}`)} (${amount} ${per})`];
}

/** @param isOne the first line has its numbers */
function groupLines(
  group: LeakGroup,
  { calls, per }: CallUnit,
  isOne: boolean,
  style: Style,
): string[] {
  const [first = '', ...rest] = retainerLines(group.path, style, {
    label: '',
    indent: INDENT,
  });
  const lines = [first.replace(/^ +/, INDENT), ...rest];
  const contents = group.contents.filter(({ className }) => isOfUsers(className));
  if (contents.length === 0 && isOne) return lines;
  const shown = contents.slice(0, style.verbose ? contents.length : MOST_CONTENTS);
  const named = [
    ...shown.map(({ className, objectsPerCall }) =>
      classCount(objectsPerCall * calls, className),
    ),
    ...(shown.length < contents.length ? ['more'] : []),
  ];
  const what = classCount(group.objectsPerCall * calls, group.className);
  const size = `${formatBytes(group.retainedBytesPerCall * calls)} ${per}`;
  const holding = named.length === 0 ? '' : `, holding ${listed(named)}`;
  return [
    ...lines,
    ...wrap(`${what}: ${size}${holding}`, style.width, `${INDENT}  `).map((line) =>
      style.paint.dim(line),
    ),
  ];
}

function collectionLines(
  { kind, entriesPerCall, entryCount, path }: LeakCollection,
  { calls, per }: CallUnit,
  style: Style,
): string[] {
  const [first = '', ...rest] = retainerLines(path, style, { label: '', indent: INDENT });
  const fact = `${kind} with ${plural(entryCount, 'entry', 'entries')}, ${formatCount(entriesPerCall * calls)} more ${per}`;
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
      : `${bytes} now, with all that only it holds`;
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
