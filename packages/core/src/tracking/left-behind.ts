// What a test file left alive: objects younger than the file, held by something that outlives it. No size
// decides that, but their age and who holds them.

import { builtinModules } from 'node:module';
import { originOf } from '../callsites/origin.js';
import { ownFolders } from '../callsites/own-code.js';
import { retainerText } from '../format/retainer-text.js';
import { toStyle } from '../format/style.js';
import { classNameOf } from '../heap/classes.js';
import { withGraphOf } from '../heap/graph.js';
import { type SurvivorPath, survivorPaths } from '../heap/paths.js';
import type { HeapGraph, HeapStep, Native } from '../native.js';
import { sum } from '../stats.js';
import type { RetainerStep } from '../types.js';

/** Moments of a file, as results of {@link Native.markObjects}. */
export interface FileMarks {
  /** Before it was loaded. */
  readonly started: number;
  /** Its modules are loaded, its tests have not begun. */
  readonly loaded?: number;
  /** Its tests and hooks are over; what is younger is somebody else's. */
  readonly ended?: number;
  /** Made before `started`, and its id then: it has another one when all objects have been given new ids. */
  readonly witness: object;
  readonly witnessId: number | undefined;
}

/** Objects of one class that one holder keeps. */
export interface LeftGroup {
  readonly className: string;
  readonly count: number;
  /** With all that only they hold. */
  readonly bytes: number;
  /** One line. */
  readonly heldBy: string;
}

const MOST_CANDIDATES = 40;
/** Node and V8 keep little things here and there. */
const LEAST_BYTES = 4_000;

/** What is known of the file. */
export interface FileFacts {
  readonly marks: FileMarks;
  readonly root: string;
  /** Of the worker. Room of older collections is counted up to that; undefined: not known. */
  readonly growthBytes: number | undefined;
  /** Modules of the user live on when the file is over. Else those that do are the runner's. */
  readonly hasModulesInCommon: boolean;
}

/**
 * Most bytes first. Undefined when it cannot be told: the objects have got new ids since the file began. Takes a
 * heap snapshot, and the ids from all objects. To be called by who has the slot.
 */
export function leftBehind(
  addon: Native,
  facts: FileFacts,
): readonly LeftGroup[] | undefined {
  const { marks, root, growthBytes = Number.POSITIVE_INFINITY } = facts;
  const { witness, witnessId } = marks;
  if (witnessId === undefined || addon.objectId(witness) !== witnessId) return undefined;
  return withGraphOf(addon, [], (graph) => {
    const direct = candidates(graph, marks);
    const upper = direct.map((candidate) => upperOf(candidate, marks.started));
    const all = fromCoreModules([...direct, ...upper], graph);
    const paths = survivorPaths(all, graph).map((path, index) =>
      withModule(all[index]?.module, path),
    );
    const isLeft = (index: number): boolean => {
      const path = paths[index];
      return path !== undefined && outlivesFile(path, facts);
    };
    const style = toStyle({ root });
    const groups = direct.flatMap(({ path, firstNew, module, ...group }, index) => {
      const isModule = path[firstNew]?.node.name === 'Module';
      const isCounted = upper[index] !== direct[index] && isLeft(direct.length + index);
      if (isModule || isCounted || !isLeft(index)) return [];
      return [{ ...group, heldBy: retainerText(paths[index] ?? NO_PATH, style) }];
    });
    return withinGrowth(groups, growthBytes);
  });
}

const NO_PATH: SurvivorPath = { steps: [], hiddenCount: 0, firstNew: 0 };

interface Candidate extends Omit<LeftGroup, 'heldBy'> {
  /** `node:path`, when it is held by what that module shows to everybody: the path begins there. */
  readonly module?: string;
  readonly isRoom: boolean;
  readonly path: readonly HeapStep[];
  readonly firstNew: number;
}

function candidates(graph: HeapGraph, marks: FileMarks): readonly Candidate[] {
  const { started, loaded } = marks;
  // Held by what is older than the file...
  const ofFile = madeAfter(started, graph, marks);
  // ...or made by its tests and held by modules that it was the first to load. What these made of themselves is
  // what it takes to load them.
  const known = new Set(ofFile.map(({ path, firstNew }) => path[firstNew]?.node.id));
  const ofTests =
    loaded === undefined
      ? []
      : madeAfter(loaded, graph, marks).filter(
          ({ path, firstNew }) =>
            (path[firstNew - 1]?.node.id ?? 0) > started &&
            !known.has(path[firstNew]?.node.id),
        );
  return [...ofFile, ...ofTests]
    .filter(({ bytes }) => bytes >= LEAST_BYTES)
    .sort((a, b) => b.bytes - a.bytes)
    .slice(0, MOST_CANDIDATES);
}

function madeAfter(
  mark: number,
  graph: HeapGraph,
  { ended }: FileMarks,
): readonly Candidate[] {
  const groups = graph
    .survivors(ended === undefined ? [mark] : [mark, ended], 1)
    .filter(({ counts }) => counts[0] !== 0)
    .map(({ type, name, count, retainedBytes, path, firstNew }) => ({
      className: classNameOf(type, name),
      count,
      bytes: retainedBytes,
      isRoom: false,
      path,
      firstNew,
    }));
  // A list of numbers has no objects in it.
  const rooms = graph
    .grownStores(mark, MOST_CANDIDATES)
    .filter(({ path }) => ended === undefined || (path.at(-1)?.node.id ?? 0) < ended)
    .flatMap(({ storeBytes, path, firstNew }) => {
      const holder = path[firstNew - 1];
      if (holder === undefined || firstNew < 2) return [];
      return {
        className: classNameOf(holder.node.type, holder.node.name),
        count: 1,
        bytes: storeBytes,
        isRoom: true,
        path: path.slice(0, firstNew),
        firstNew: firstNew - 1,
      };
    });
  return [...groups, ...rooms];
}

/** The outermost object on its way that the file made: if that is left, all below is counted with it. */
function upperOf(candidate: Candidate, started: number): Candidate {
  const { path, firstNew } = candidate;
  const at = path.findIndex(({ node }) => node.id > started);
  if (at < 0 || at >= firstNew) return candidate;
  return { ...candidate, path: path.slice(0, at + 1), firstNew: at };
}

/** Everybody can reach what a module of Node's exports: it is no book of Node's, whatever way leads there. */
function fromCoreModules(
  candidates: readonly Candidate[],
  graph: HeapGraph,
): readonly Candidate[] {
  if (candidates.length === 0) return [];
  const modules = coreModules(graph);
  return candidates.map((candidate) => {
    const { path, firstNew } = candidate;
    const at = path.findLastIndex(
      ({ node }, index) => index < firstNew && modules.has(node.id),
    );
    const [root] = path;
    const step = path[at];
    if (root === undefined || step === undefined) return candidate;
    return {
      ...candidate,
      module: modules.get(step.node.id) ?? '',
      path: [root, ...path.slice(at)],
      firstNew: firstNew - at + 1,
    };
  });
}

/** Those that are loaded, by the id of what they export. */
function coreModules(graph: HeapGraph): ReadonlyMap<number, string> {
  const found = new Map<number, string>();
  for (const name of builtinModules) {
    // It is a global, whatever it is else.
    if (name === 'process' || !isLoaded(name)) continue;
    const id = graph.idOf(process.getBuiltinModule(name) as object);
    if (id !== undefined) found.set(id, `node:${name}`);
  }
  return found;
}

/** Asking for a module would load it. */
function isLoaded(name: string): boolean {
  const { moduleLoadList } = process as unknown as { moduleLoadList: readonly string[] };
  return moduleLoadList.includes(`NativeModule ${name}`);
}

function withModule(name: string | undefined, path: SurvivorPath): SurvivorPath {
  const [first, ...others] = path.steps;
  if (name === undefined || first === undefined) return path;
  return { ...path, steps: [{ kind: 'global', name, held: first.held }, ...others] };
}

/** How large the room of a collection was before, nobody knows: no more than the growth is taken for new. */
function withinGrowth(
  groups: readonly (LeftGroup & { readonly isRoom: boolean })[],
  growthBytes: number,
): readonly LeftGroup[] {
  const objects = groups.filter(({ isRoom }) => !isRoom);
  let rest = Math.max(0, growthBytes - sum(objects.map(({ bytes }) => bytes)));
  return groups
    .map(({ isRoom, ...group }) => {
      if (!isRoom) return group;
      const bytes = Math.min(group.bytes, rest);
      rest -= bytes;
      return { ...group, bytes };
    })
    .filter(({ bytes }) => bytes >= LEAST_BYTES)
    .sort((a, b) => b.bytes - a.bytes);
}

/** These begin the ways that a program keeps things alive. */
const KEPT_BY = /^(?:global|variable|export|timer|listener|native|await|async-context)$/;
/** What is open: of the rest that Node has in C++ nobody sees anything. */
const HANDLE =
  /^(?:TCP|Pipe|TTY|UDP|Process|FSEvent|StatWatcher|Signal|Worker|MessagePort)/;
/** What runners put on the global object: all they know of the file hangs there. */
const RUNNERS_GLOBAL = /^(?:<symbol )?\W*_*(?:vitest|vite|jest|highwater)/i;
/** Node sets it when somebody imports `node:http` or fetches for the first time: half a megabyte of modules. */
const NODES_GLOBAL = /undici\.globalDispatcher/;

/** Neither the runner holds it nor a book of Node's, but what the user can see. */
function outlivesFile(
  { steps, firstNew }: SurvivorPath,
  { hasModulesInCommon }: FileFacts,
): boolean {
  const [first] = steps;
  if (first === undefined || !KEPT_BY.test(first.kind)) return false;
  const { kind, name } = first;
  if (kind === 'global' && RUNNERS_GLOBAL.test(name)) return false;
  // What is new below it, such as sockets, is the file's.
  if (kind === 'global' && NODES_GLOBAL.test(name) && firstNew === 0) return false;
  if (kind === 'native' && !HANDLE.test(name)) return false;
  const holders = steps.slice(0, firstNew);
  if (!hasModulesInCommon) {
    // The user's modules are gone: whatever code is on the way, it works for the runner.
    if (/^(?:variable|export)$/.test(kind) || holders.slice(1).some(isOfCode))
      return false;
  }
  return !steps.some(isOfRunner) && !holders.some(isOfNode);
}

function isOfCode({ place, held }: RetainerStep): boolean {
  return place !== undefined || held.kind === 'function';
}

function isOfRunner({ place, held, callback }: RetainerStep): boolean {
  return [place, held.place, callback?.place].some(
    (one) =>
      one !== undefined && /^(?:highwater|runner)$/.test(originOf(one.file, ownFolders)),
  );
}

/** Its own variables and functions hold what it notes for itself: caches, lists of timers. */
function isOfNode({ kind, place, held }: RetainerStep): boolean {
  if (kind === 'variable' && place === undefined) return true;
  return [place, held.place].some((one) => one?.file.startsWith('node:'));
}
