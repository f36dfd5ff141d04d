// From a position in the code that V8 compiled to the user's own file and line. Used
// only to explain a failure, never inside a measured window.

import { readFileSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { OriginalMapping, TraceMap } from '@jridgewell/trace-mapping';
import { filePathOf } from './file-path.js';
import { traceMapping } from './on-demand.js';
import { KeptMaps, type LoadedMap, NO_MAP } from './source-map/kept-maps.js';
import {
  findMapReferences,
  type ScriptMapReference,
} from './source-map/loaded-scripts.js';

/** Where a function starts in the script as V8 compiled it. */
export interface ScriptPosition {
  readonly scriptId: number;
  /** A path or a URL. */
  readonly scriptName: string;
  readonly functionName: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
  /** 1-based; 0 when only the line is known, that of a call. Less than 1 on the line of a wrapper. */
  readonly column: number;
}

/** Where a function starts in the source that a person wrote. */
export interface SourcePosition {
  /** Absolute path where there is one, or the script's name. */
  readonly file: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
  readonly column: number;
}

/** Maps many positions at once, one answer for each, in the same order. Never throws. */
export type SourceMapper = (
  positions: readonly ScriptPosition[],
) => readonly SourcePosition[];

/** What a mapper asks of the world. */
export interface SourceMapWorld {
  findMapReferences(
    scriptIds: ReadonlySet<number>,
  ): ReadonlyMap<number, ScriptMapReference>;
  /** Text of a file; may throw. */
  readText(path: string): string;
}

/** Maps nothing: for reports that want the compiled positions. */
export const keepPositions: SourceMapper = (positions) =>
  positions.map(generatedPosition);

/** The scripts that are loaded in this isolate. */
const loadedScripts: SourceMapWorld = {
  findMapReferences,
  readText: (path) => readFileSync(path, 'utf8'),
};

/** Maps positions in the scripts that are loaded in this isolate. */
export const mapToSource: SourceMapper = createSourceMapper(loadedScripts);

/** The same for who asks with every test. */
export const mapManyToSource: SourceMapper = createSourceMapper(loadedScripts, 1_000_000);

/**
 * A mapper that remembers the positions it has mapped.
 *
 * @param mostKeptBytes of the texts of maps that it keeps, for who asks again and again; a map takes some ten times
 *   its text. To find the map of a script takes 0.1 ms per script of the process.
 */
export function createSourceMapper(
  world: SourceMapWorld,
  mostKeptBytes = 0,
): SourceMapper {
  const known = new Map<string, SourcePosition>();
  const kept = new KeptMaps(mostKeptBytes);

  return (positions) => {
    const unknown = positions.filter((position) => !known.has(keyOf(position)));
    const scriptIds = new Set(
      unknown
        .filter((position) => position.line > 0 && position.scriptId > 0)
        .map((p) => p.scriptId),
    );
    const maps = mapsOf(scriptIds, kept, world);
    for (const position of unknown) {
      const map = maps.get(position.scriptId);
      known.set(
        keyOf(position),
        map === undefined ? generatedPosition(position) : originalPosition(map, position),
      );
    }
    return positions.map(
      (position) => known.get(keyOf(position)) ?? generatedPosition(position),
    );
  };
}

function mapsOf(
  scriptIds: ReadonlySet<number>,
  kept: KeptMaps,
  world: SourceMapWorld,
): ReadonlyMap<number, TraceMap | undefined> {
  const maps = new Map<number, TraceMap | undefined>();
  const missing = new Set<number>();
  for (const id of scriptIds) {
    const one = kept.find(id);
    if (one === undefined) missing.add(id);
    else maps.set(id, one.map);
  }
  if (missing.size === 0) return maps;
  const references = world.findMapReferences(missing);
  for (const id of missing) {
    const reference = references.get(id);
    const loaded = reference === undefined ? NO_MAP : loadMap(reference, world);
    kept.keep(id, loaded);
    maps.set(id, loaded.map);
  }
  return maps;
}

function keyOf({ scriptId, line, column, functionName }: ScriptPosition): string {
  return `${String(scriptId)}:${String(line)}:${String(column)}:${functionName}`;
}

function generatedPosition({ scriptName, line, column }: ScriptPosition): SourcePosition {
  return {
    file: filePathOf(scriptName),
    line,
    column: Math.max(column, line > 0 ? 1 : 0),
  };
}

function loadMap(
  { url, sourceMapUrl }: ScriptMapReference,
  world: SourceMapWorld,
): LoadedMap {
  // Not below, where a package that is missing would pass for a map that is wrong.
  traceMapping();
  try {
    if (sourceMapUrl.startsWith('data:'))
      return parseMap(decodeDataUrl(sourceMapUrl), url);
    const mapUrl = new URL(sourceMapUrl, baseUrl(url)).href;
    if (!mapUrl.startsWith('file:')) return NO_MAP;
    return parseMap(world.readText(fileURLToPath(mapUrl)), mapUrl);
  } catch {
    return NO_MAP;
  }
}

/** `FlattenMap` takes plain maps as well as those made of sections. */
function parseMap(text: string, mapUrl: string): LoadedMap {
  // The first line may be a guard against cross-site inclusion, which is no JSON.
  const { FlattenMap } = traceMapping();
  const map = new FlattenMap(text.replace(/^\)\]\}'[^\n]*\n/, ''), baseUrl(mapUrl));
  return { map, bytes: text.length };
}

function decodeDataUrl(url: string): string {
  const comma = url.indexOf(',');
  const body = url.slice(comma + 1);
  return url.slice(0, comma).endsWith(';base64')
    ? Buffer.from(body, 'base64').toString('utf8')
    : decodeURIComponent(body);
}

function baseUrl(scriptUrl: string): string {
  return isAbsolute(scriptUrl) ? pathToFileURL(scriptUrl).href : scriptUrl;
}

function originalPosition(map: TraceMap, position: ScriptPosition): SourcePosition {
  const generated = generatedPosition(position);
  const original = traceFunctionStart(map, position);
  if (original?.source) {
    return {
      file: filePathOf(original.source),
      line: original.line,
      column: original.column + 1,
    };
  }
  // A helper that the transpiler wrote. Its line means nothing in a source of the same name.
  const isSource = map.resolvedSources.some(
    (source) => source !== null && filePathOf(source) === generated.file,
  );
  return isSource ? { file: generated.file, line: 0, column: 0 } : generated;
}

/**
 * V8 starts a function at its parameters, or at `function`, `async` or `class`. Maps have
 * an entry for its name before that, and for its parameters or its body after it; not
 * all have one for the very column. Without a name, what comes before belongs to another
 * expression, perhaps of another line.
 */
function traceFunctionStart(
  map: TraceMap,
  { line, column, functionName }: ScriptPosition,
): OriginalMapping | undefined {
  if (line < 1) return undefined;
  if (column === 0) return traceLine(map, line);
  const { GREATEST_LOWER_BOUND, LEAST_UPPER_BOUND, originalPositionFor } = traceMapping();
  const needle = { line, column: Math.max(column - 1, 0) };
  const trace = (bias: typeof GREATEST_LOWER_BOUND | typeof LEAST_UPPER_BOUND) => {
    const found = originalPositionFor(map, { ...needle, bias });
    // A source without a name resolves to the folder of the map.
    return found.source === null || found.source.endsWith('/') ? undefined : found;
  };
  return isWrittenName(functionName)
    ? (trace(GREATEST_LOWER_BOUND) ?? trace(LEAST_UPPER_BOUND))
    : (trace(LEAST_UPPER_BOUND) ?? trace(GREATEST_LOWER_BOUND));
}

/** The first thing on a line that a person wrote. */
function traceLine(map: TraceMap, line: number): OriginalMapping | undefined {
  const { LEAST_UPPER_BOUND, originalPositionFor } = traceMapping();
  const found = originalPositionFor(map, { line, column: 0, bias: LEAST_UPPER_BOUND });
  return found.source === null || found.source.endsWith('/') ? undefined : found;
}

/** V8 makes up names with dots for functions that have none. */
function isWrittenName(functionName: string): boolean {
  return functionName !== '' && !functionName.includes('.');
}
