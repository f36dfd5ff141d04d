// Where functions and variables are written.

import { readFileSync } from 'node:fs';
import { originOf } from '../callsites/origin.js';
import { ownFolders } from '../callsites/own-code.js';
import type { HeapGraph, HeapNode, HeapStep } from '../native.js';
import { mapToSource, type ScriptPosition, type SourceMapper } from '../source-map.js';
import { type LiveScopes, withLiveScopes } from './live-scopes.js';
import type { Declaration, PlaceWorld, TimerFacts } from './raw-path.js';

/** What is read of the world. */
export interface PlaceSources {
  withLiveScopes<T>(body: (scopes: LiveScopes) => T): T;
  readonly mapper: SourceMapper;
  /** Text of a file; may throw. */
  readText(path: string): string;
}

const thisProcess: PlaceSources = {
  withLiveScopes,
  mapper: mapToSource,
  readText: (path) => readFileSync(path, 'utf8'),
};

/** The snapshot that the paths come from, as far as places go. */
export type PathSource = Pick<HeapGraph, 'paths' | 'node'>;

const MOST_HOLDERS = 8;

/**
 * Answers for the nodes of some paths while `body` runs: all at once, because a mapping has a fixed
 * cost. To be called while the snapshot is there.
 */
export function withPlaces<T>(
  paths: readonly (readonly HeapStep[])[],
  graph: PathSource,
  body: (world: PlaceWorld) => T,
  sources: PlaceSources = thisProcess,
): T {
  const scopes = functionsInScopes(paths, graph);
  const { waiting, variables, timers } = sources.withLiveScopes((live) => ({
    waiting: waitingFunctions(paths, graph, live),
    variables: namelessVariables(paths, scopes, live),
    timers: timerFacts(paths, graph, live),
  }));
  const nodes = paths.flat().flatMap(({ node, key }) => (key ? [node, key] : [node]));
  const callbacks = [...timers.values()].flatMap(({ callback }) => callback ?? []);
  const placed = [...nodes, ...scopes.values(), ...waiting.values(), ...callbacks].filter(
    hasPlace,
  );
  const mapped = sources.mapper(placed.map(positionOf));
  const byId = new Map(placed.map((node, index) => [node.id, mapped[index]]));
  const texts = new Map<string, string>();
  const textOf = (file: string): string => {
    const text = texts.get(file) ?? readOrEmpty(file, sources);
    texts.set(file, text);
    return text;
  };
  return body({
    placeOf: ({ id }) => byId.get(id),
    functionInScope: ({ id }) => scopes.get(id),
    functionOf: ({ id }) => waiting.get(id),
    timerOf: ({ id }) => timers.get(id),
    variableName: (fn, held) => variables.get(fn.id)?.get(held.id),
    isOfHarness: ({ id }) => {
      const file = byId.get(id)?.file;
      return (
        file !== undefined && /^(?:highwater|runner)$/.test(originOf(file, ownFolders))
      );
    },
    declarationOf: (variable, file) => findDeclaration(variable, textOf(file)),
  });
}

/** By function: the variables that it sees, where a path goes through one without a name. */
function namelessVariables(
  paths: readonly (readonly HeapStep[])[],
  scopes: ReadonlyMap<number, HeapNode>,
  live: LiveScopes,
): ReadonlyMap<number, ReadonlyMap<number, string>> {
  const found = new Map<number, ReadonlyMap<number, string>>();
  for (const path of paths) {
    for (const [index, { node }] of path.entries()) {
      if (!isScope(node) || path[index + 1]?.edgeType === 'context') continue;
      const holder = path[index - 1]?.node;
      const fn = holder?.type === 'closure' ? holder : scopes.get(node.id);
      if (fn !== undefined && !found.has(fn.id)) {
        found.set(fn.id, live.variablesOf(fn.id));
      }
    }
  }
  return found;
}

function isScope({ name }: HeapNode): boolean {
  return /^system \/ (?:Context|SourceTextModule)/.test(name);
}

/** By generator, or async function that waits: its function. */
function waitingFunctions(
  paths: readonly (readonly HeapStep[])[],
  graph: PathSource,
  live: LiveScopes,
): ReadonlyMap<number, HeapNode> {
  const found = new Map<number, HeapNode>();
  for (const path of paths) {
    for (const [index, { node, edgeName }] of path.entries()) {
      const isWaiting =
        edgeName === 'extension' ||
        path[index + 1]?.edgeName === 'parameters_and_registers';
      const id =
        isWaiting && node.type === 'object' ? live.functionOf(node.id) : undefined;
      const fn = id === undefined ? undefined : graph.node(id);
      if (fn !== undefined) found.set(node.id, fn);
    }
  }
  return found;
}

/** By `Timeout`. */
function timerFacts(
  paths: readonly (readonly HeapStep[])[],
  graph: PathSource,
  live: LiveScopes,
): ReadonlyMap<number, TimerFacts> {
  const found = new Map<number, TimerFacts>();
  for (const path of paths) {
    // Timers of one duration are a chain: only what comes next to something else is on the way.
    const timers = path.filter(
      ({ node }, index) =>
        node.name === 'Timeout' && path[index + 1]?.node.name !== 'Timeout',
    );
    for (const { node } of timers) {
      const setting = live.timerOf(node.id);
      if (setting === undefined) continue;
      const { durationMs, isRepeated, callbackId } = setting;
      const callback = callbackId === undefined ? undefined : graph.node(callbackId);
      found.set(node.id, { durationMs, isRepeated, callback });
    }
  }
  return found;
}

/** By scope or module of which the path itself does not tell the file: a function in it. */
function functionsInScopes(
  paths: readonly (readonly HeapStep[])[],
  graph: PathSource,
): ReadonlyMap<number, HeapNode> {
  const unknown = paths.flatMap((path) =>
    path.flatMap(({ node }, index) => {
      const isKnown = path[index - 1]?.node.place !== undefined;
      return isScope(node) && !isKnown ? [node.id] : [];
    }),
  );
  const found = new Map<number, HeapNode>();
  for (const id of new Set(unknown)) {
    const inside = graph
      .paths(id, MOST_HOLDERS)
      // A module is held by its scope, the scope by a function.
      .flatMap((path) => path.slice(-3, -1).map(({ node }) => node))
      .find(hasPlace);
    if (inside !== undefined) found.set(id, inside);
  }
  return found;
}

/**
 * The declaration of a variable, when the text has one of that name. No parser: what it misses
 * (a pattern, a parameter) is shown by the function that uses it.
 */
export function findDeclaration(name: string, text: string): Declaration | undefined {
  const pattern = new RegExp(
    `^([ \\t]*(?:export[ \\t]+(?:default[ \\t]+)?)?(?:declare[ \\t]+)?(?:const|let|var|class|(?:async[ \\t]+)?function\\*?)[ \\t]+)${escapeRegExp(name)}(?![\\w$])`,
    'gm',
  );
  const [found, another] = text.matchAll(pattern);
  if (found === undefined || another !== undefined) return undefined;
  const [, before = ''] = found;
  return {
    line: text.slice(0, found.index).split('\n').length,
    column: before.length + 1,
    isModuleLevel: !/^[ \t]/.test(before),
  };
}

function hasPlace(node: HeapNode): boolean {
  return node.place !== undefined;
}

function positionOf({ name, place }: HeapNode): ScriptPosition {
  const { scriptId = 0, scriptName = '', line = 0, column = 0 } = place ?? {};
  return { scriptId, scriptName, functionName: name, line, column };
}

function readOrEmpty(file: string, { readText }: PlaceSources): string {
  try {
    return readText(file);
  } catch {
    return '';
  }
}

function escapeRegExp(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
