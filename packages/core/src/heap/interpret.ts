// From V8's references to those that a person wrote. V8 keeps a Map's entries in a `table`, a
// variable in a `Context` that closures refer to, a timer in lists of Node; here each of
// these chains becomes one step. What is not known stays as V8 calls it.

import type { HeapNode, HeapStep } from '../native.js';
import type {
  HeapThing,
  RetainerKind,
  RetainerPath,
  RetainerStep,
  SourcePlace,
} from '../types/retainers.js';
import type { TimerSetting } from './live-scopes.js';

/** Where things are, asked while a path is interpreted. */
export interface PlaceWorld {
  /** The start of a function in its source; undefined for what is no function. */
  placeOf(node: HeapNode): SourcePlace | undefined;
  /** Some function that was made in a scope or a module: it tells the file. */
  functionInScope(node: HeapNode): HeapNode | undefined;
  /** The function of a generator, or of an async function that waits. */
  functionOf(node: HeapNode): HeapNode | undefined;
  /** How a `Timeout` was set. */
  timerOf(node: HeapNode): TimerSetting | undefined;
  /** The variable of that value that a function sees. */
  variableName(fn: HeapNode, held: HeapNode): string | undefined;
  /** Whether highwater or the runner wrote a function. */
  isOfHarness(node: HeapNode): boolean;
  /** The only declaration of a variable in a file. */
  declarationOf(variable: string, file: string): Declaration | undefined;
}

export interface Declaration {
  readonly line: number;
  readonly column: number;
  readonly isModuleLevel: boolean;
}

/** A path with the number of V8's references that each step stands for. */
export interface InterpretedPath extends RetainerPath {
  /** By step: the index of its `held` in the raw path. */
  readonly rawIndexes: readonly number[];
}

interface Match {
  readonly kind: RetainerKind;
  readonly name?: string;
  /** Index of what is held. */
  readonly at: number;
  /** Index of the raw step whose `key` matters. Default: `at`. */
  readonly keyAt?: number;
  readonly place?: SourcePlace | undefined;
  readonly isModuleLevel?: boolean;
  readonly seenBy?: string;
  readonly variable?: string;
  /** The function is suspended by an `await`. */
  readonly isWaiting?: boolean;
  readonly timer?: TimerSetting | undefined;
  /** It lives as long as the program: what holds it tells nothing. */
  readonly isForGood?: boolean;
}

const STACK_ROOTS = '(Stack roots)';

type Rule = (raw: RawPath, at: number, world: PlaceWorld) => Match | undefined;

/** @param steps root first, at least the root and the object */
export function interpretPath(
  steps: readonly HeapStep[],
  world: PlaceWorld,
): InterpretedPath {
  const raw = new RawPath(steps);
  const matches: Match[] = [];
  for (let at = raw.firstBelowRoots; at < steps.length; ) {
    const match = matchAt(raw, at, world);
    matches.push(match);
    at = match.at + 1;
  }
  const start = startOf(matches, raw, world);
  const shown = namedModules(matches.slice(start), raw);
  return {
    steps: shown.map((match) => toStep(match, raw, world)),
    hiddenCount: start,
    rawIndexes: shown.map(({ at }) => at),
  };
}

/** A heap node in the words of the public types. */
export function thingOf(node: HeapNode, place?: SourcePlace): HeapThing {
  return {
    kind: kindOf(node),
    name: nameOfThing(node),
    shallowBytes: node.shallowBytes,
    retainedBytes: node.retainedBytes,
    ...(place && { place }),
  };
}

/** The raw path with questions that the rules ask. */
class RawPath {
  readonly #steps: readonly HeapStep[];

  constructor(steps: readonly HeapStep[]) {
    this.#steps = steps;
  }

  get length(): number {
    return this.#steps.length;
  }

  /** Index of the first step whose node is no root of V8's. */
  get firstBelowRoots(): number {
    const first = this.#steps.findIndex(({ node }) => node.type !== 'synthetic');
    return first < 0 ? this.length : first;
  }

  node(at: number): HeapNode | undefined {
    return this.#steps[at]?.node;
  }

  key(at: number): HeapNode | undefined {
    return this.#steps[at]?.key;
  }

  edge(at: number): string {
    return this.#steps[at]?.edgeName ?? '';
  }

  edgeType(at: number): string {
    return this.#steps[at]?.edgeType ?? '';
  }

  name(at: number): string {
    return this.node(at)?.name ?? '';
  }

  isLast(at: number): boolean {
    return at >= this.length - 1;
  }

  isFunction(at: number): boolean {
    return this.node(at)?.type === 'closure';
  }

  isContext(at: number): boolean {
    return /^system \/ (?:\w+ ?)*Context\b/.test(this.name(at)) && !this.isRealm(at);
  }

  isRealm(at: number): boolean {
    return this.name(at).startsWith('system / NativeContext');
  }

  isGlobal(at: number): boolean {
    if (this.node(at)?.type !== 'object') return false;
    const isBelowRoots = this.node(at - 1)?.type === 'synthetic';
    return (
      /^global_(?:object|proxy_object|proxy)$/.test(this.edge(at)) ||
      (this.edgeType(at) === 'shortcut' && isBelowRoots) ||
      (isBelowRoots && /^global\b/.test(this.name(at)))
    );
  }

  isArray(at: number): boolean {
    return this.node(at)?.type === 'array';
  }
}

function matchAt(raw: RawPath, at: number, world: PlaceWorld): Match {
  for (const rule of RULES) {
    const match = rule(raw, at, world);
    // A chain that ends inside V8's own structures stays as it is.
    if (match !== undefined && match.at < raw.length) return match;
  }
  return { kind: 'internal', name: raw.edge(at), at };
}

// The first that fits decides.
const RULES: readonly Rule[] = [
  processObject,
  stack,
  globalObject,
  listOfTimers,
  timerCallback,
  eventTarget,
  emitter,
  awaiting,
  suspended,
  moduleVariable,
  moduleExport,
  scope,
  promise,
  asyncContext,
  weakMap,
  collection,
  finalizer,
  bound,
  proxy,
  nativeObject,
  root,
  cjsExport,
  property,
];

/** Node refers to it from many places of its own. */
function processObject(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at) !== 'process' || raw.node(at)?.type !== 'object') return undefined;
  return { kind: 'global', name: 'process', at, isForGood: true };
}

/** root -> (realm ->) global -> property */
function globalObject(raw: RawPath, at: number): Match | undefined {
  let global = at;
  while (raw.isRealm(global)) global++;
  if (!raw.isGlobal(global)) return undefined;
  if (raw.isLast(global)) return { kind: 'root', name: 'globalThis', at: global };
  // The same reference once more, as V8 stores it.
  const cell = global + 2;
  if (
    raw.edge(global + 1) === 'properties' &&
    raw.name(cell) === 'system / PropertyCell'
  ) {
    return { kind: 'global', at: cell + 1, isForGood: true };
  }
  if (raw.edgeType(global + 1) !== 'property') return undefined;
  return { kind: 'global', name: raw.edge(global + 1), at: global + 1, isForGood: true };
}

/** ... -> TimersList -> (Timeout ->)* Timeout -> callback; the way to the list is Node's. */
function listOfTimers(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (!/^(?:TimersList|ImmediateList)$/.test(raw.name(at))) return undefined;
  let timer = at + 1;
  while (/^(?:Timeout|Immediate)$/.test(raw.name(timer + 1))) timer++;
  if (!/^(?:Timeout|Immediate)$/.test(raw.name(timer))) return undefined;
  return {
    kind: 'timer',
    name: raw.name(timer),
    at: isTimerCallback(raw, timer + 1) ? timer + 1 : timer,
    isForGood: true,
    timer: timerAt(raw, timer, world),
  };
}

function timerCallback(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (!isTimerCallback(raw, at)) return undefined;
  const timer = timerAt(raw, at - 1, world);
  return { kind: 'timer', name: raw.name(at - 1), at, timer };
}

function timerAt(raw: RawPath, at: number, world: PlaceWorld): TimerSetting | undefined {
  const node = raw.node(at);
  return node && world.timerOf(node);
}

function isTimerCallback(raw: RawPath, at: number): boolean {
  return /^_on(?:Timeout|Immediate)$/.test(raw.edge(at)) && raw.isFunction(at);
}

/** EventTarget -> [kEvents] -> Map -> table -> (Object -> Listener ->)* callback */
function eventTarget(raw: RawPath, at: number): Match | undefined {
  if (!raw.edge(at).includes('kEvents') || !isTable(raw, at + 1)) return undefined;
  const entry = at + 2;
  let listener = entry;
  while (raw.edge(listener + 1) === 'next') listener++;
  const hasCallback = /^(?:listener|callback)$/.test(raw.edge(listener + 1));
  if (!hasCallback && !raw.isLast(listener)) return undefined;
  return {
    kind: 'listener',
    name: raw.key(entry)?.name ?? '',
    at: hasCallback ? listener + 1 : listener,
    keyAt: -1,
  };
}

/** EventEmitter -> _events -> event -> (Array ->) (wrapper of `once` ->) function */
function emitter(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at) !== '_events' || raw.edgeType(at + 1) !== 'property') return undefined;
  let listener = at + 1;
  if (raw.edgeType(listener + 1) === 'element') listener++;
  if (raw.isFunction(listener) && raw.edge(listener + 1) === 'listener') listener++;
  if (!raw.isFunction(listener)) return undefined;
  return { kind: 'listener', name: raw.edge(at + 1), at: listener };
}

/** (Promise -> reaction ->) nameless function -> Context -> extension: the suspended function -> its registers */
function awaiting(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  // For stack traces, V8 also draws a reference from the promise to the function that awaits it.
  if (raw.edge(at).startsWith('<symbol') && raw.name(at - 1) === 'Promise') {
    return suspendedAt(raw, at, world);
  }
  let resume = at;
  while (isReaction(raw, resume)) resume++;
  if (!raw.isFunction(resume) || !raw.isContext(resume + 1)) return undefined;
  if (raw.edge(resume + 2) !== 'extension') return undefined;
  return suspendedAt(raw, resume + 2, world);
}

function suspendedAt(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  const held = at + (raw.edge(at + 1) === 'parameters_and_registers' ? 2 : 1);
  // What closures use lies in a scope, and not in the registers.
  if (raw.isContext(at + 1)) {
    const match = scope(raw, at + 1, world);
    if (match === undefined) return undefined;
    const { name: variable = '' } = match;
    const fn = waiting(raw, at, world);
    // A nameless function that waits is best known by its variable: a test, for one.
    return fn.name === ''
      ? { ...match, isWaiting: true }
      : { kind: 'await', at: match.at, variable, isWaiting: true, ...fn };
  }
  if (held < at + 2) return undefined;
  return { kind: 'await', at: held, isWaiting: true, ...waiting(raw, at, world) };
}

/** Generator -> registers -> value */
function suspended(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (raw.edge(at) !== 'parameters_and_registers') return undefined;
  return { kind: 'generator', at: at + 1, ...waiting(raw, at - 1, world) };
}

/** The function that waits. */
function waiting(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Pick<Match, 'name' | 'place'> {
  const node = raw.node(at);
  const fn = node && world.functionOf(node);
  return { name: fn?.name ?? generatorName(raw, at), place: fn && world.placeOf(fn) };
}

/** ModuleWrap -> module -> its code, suspended for good -> Context -> variable */
function moduleVariable(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (!isModule(raw, at) || !raw.isContext(at + 2)) return undefined;
  const match = scope(raw, at + 2, world);
  return match && { ...match, isModuleLevel: true };
}

/** ... -> module -> list of cells -> Cell -> value */
function moduleExport(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  let module = at;
  while (raw.isContext(module)) module++;
  if (!isModule(raw, module)) return undefined;
  let held = module + 1;
  while (raw.isArray(held) || raw.name(held) === 'system / Cell') held++;
  if (held < module + 2) return undefined;
  const inside =
    functionAt(raw, at - 1) ?? world.functionInScope(raw.node(module) as HeapNode);
  const place =
    (inside && world.placeOf(inside)) ??
    (raw.isFunction(held) ? placeAt(raw, held, world) : undefined);
  const value = raw.node(held);
  return {
    kind: 'export',
    name: (inside && value && world.variableName(inside, value)) ?? '',
    at: held,
    isForGood: true,
    place: place && { file: place.file, line: 0, column: 0 },
  };
}

function isModule(raw: RawPath, at: number): boolean {
  return raw.name(at).startsWith('system / SourceTextModule');
}

/** function -> Context -> (outer Context ->)* variable */
function scope(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
  if (!raw.isContext(at)) return undefined;
  let variable = at + 1;
  while (raw.isContext(variable)) variable++;
  if (raw.edge(variable) === 'extension') return undefined;
  const value = raw.node(variable);
  const inside =
    functionAt(raw, at - 1) ?? world.functionInScope(raw.node(at) as HeapNode);
  const name =
    raw.edgeType(variable) === 'context'
      ? raw.edge(variable)
      : ((inside && value && world.variableName(inside, value)) ?? '');
  const seen = inside && world.placeOf(inside);
  const declared =
    name === '' || seen === undefined ? undefined : world.declarationOf(name, seen.file);
  return {
    kind: 'variable',
    name,
    at: variable,
    place:
      seen && declared
        ? { file: seen.file, line: declared.line, column: declared.column }
        : seen,
    isModuleLevel: declared?.isModuleLevel ?? false,
    ...(raw.isFunction(at - 1) && { seenBy: raw.name(at - 1) }),
  };
}

/** Promise -> reactions (a list) or result */
function promise(raw: RawPath, at: number): Match | undefined {
  let held = at;
  while (isReaction(raw, held)) held++;
  if (held === at) {
    return raw.edge(at) === 'reactions_or_result'
      ? { kind: 'promise-result', at }
      : undefined;
  }
  return { kind: raw.isFunction(held) ? 'reaction' : 'chained-promise', at: held };
}

function isReaction(raw: RawPath, at: number): boolean {
  return /^system \/ Promise(?:Reaction|Capability)\b/.test(raw.name(at));
}

/** Anything asynchronous -> [store of an AsyncLocalStorage] */
function asyncContext(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at).includes('kResourceStore')) return { kind: 'async-context', at };
  if (raw.name(at) !== 'AsyncContextFrame' || !isTable(raw, at + 1)) return undefined;
  return { kind: 'async-context', at: at + 2, keyAt: -1 };
}

/** V8 draws the reference from the key to the value. */
function weakMap(raw: RawPath, at: number): Match | undefined {
  if (!/^(?:\d+ \/ )?part of key \(/.test(raw.edge(at))) return undefined;
  return { kind: 'weak-map-value', at };
}

/** Map or Set -> table -> value or key */
function collection(raw: RawPath, at: number): Match | undefined {
  if (!isTable(raw, at)) return undefined;
  const isSet = /Set$/.test(raw.name(at - 1)) && raw.key(at + 1) === undefined;
  return { kind: isSet ? 'set-entry' : 'map-entry', at: at + 1 };
}

function isTable(raw: RawPath, at: number): boolean {
  return raw.edge(at) === 'table' && raw.isArray(at);
}

/** V8 does not name the two lists of a FinalizationRegistry: field 4 has the cells whose target lives. */
const CLEARED_CELLS = '5';

/** FinalizationRegistry -> WeakCell -> held value, or unregister token */
function finalizer(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at) !== 'system / WeakCell') return undefined;
  let held = at + 1;
  while (raw.name(held) === 'system / WeakCell') held++;
  // Its list says whether the target has died: then the finalizer only waits for its turn.
  const isDue = raw.edge(at) === CLEARED_CELLS;
  return { kind: 'finalizer', name: isDue ? 'due' : '', at: held };
}

function bound(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at) === 'bound_this') return { kind: 'bound-this', at };
  const [, index] = /^bound_argument_?(\d+)$/.exec(raw.edge(at)) ?? [];
  return index === undefined ? undefined : { kind: 'bound-argument', name: index, at };
}

function proxy(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== 'system / JSProxy') return undefined;
  return { kind: 'proxy-target', at };
}

/** Node's objects in C++, one after another, up to the first of JavaScript. */
function nativeObject(raw: RawPath, at: number): Match | undefined {
  let native = at;
  while (isNative(raw, native)) native++;
  if (native === at) return undefined;
  const isObject = native < raw.length;
  return {
    kind: 'native',
    name: raw.name(native - 1).replace(/^Node \/ /, ''),
    at: isObject ? native : native - 1,
  };
}

function isNative(raw: RawPath, at: number): boolean {
  return raw.node(at)?.type === 'native';
}

/** (Stack roots) -> (Context ->) what a function that runs at this moment has */
function stack(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== STACK_ROOTS) return undefined;
  let held = at;
  while (raw.isContext(held)) held++;
  return {
    kind: 'stack',
    name: held > at && raw.edgeType(held) === 'context' ? raw.edge(held) : '',
    at: held,
  };
}

function root(raw: RawPath, at: number): Match | undefined {
  if (raw.node(at - 1)?.type !== 'synthetic') return undefined;
  return { kind: 'root', name: raw.name(at - 1).replace(/^\(|\)$/g, ''), at };
}

/** Module -> exports -> property */
function cjsExport(raw: RawPath, at: number): Match | undefined {
  if (raw.name(at - 1) !== 'Module' || raw.edge(at) !== 'exports') return undefined;
  return raw.edgeType(at + 1) === 'property'
    ? { kind: 'export', name: raw.edge(at + 1), at: at + 1, isForGood: true }
    : { kind: 'export', at, isForGood: true };
}

function property(raw: RawPath, at: number): Match | undefined {
  const name = raw.edge(at);
  if (raw.edgeType(at) === 'element') return { kind: 'element', name, at };
  if (raw.edgeType(at) !== 'property') return undefined;
  if (name === '__proto__') return { kind: 'prototype', at };
  if (name.startsWith('#')) return { kind: 'private-field', name, at };
  const symbol = /^<symbol (.*)>$/.exec(name)?.[1];
  return { kind: 'property', name: symbol === undefined ? name : `[${symbol}]`, at };
}

function startOf(matches: readonly Match[], raw: RawPath, world: PlaceWorld): number {
  const last = matches.findLastIndex(
    (match, index) =>
      match.isForGood === true ||
      match.isModuleLevel === true ||
      isModuleFile(match, raw, matches[index + 1]) ||
      (match.isWaiting === true && isBelowHarness(raw, match.at, world)) ||
      (match.kind === 'variable' && isGivenToHarness(matches[index - 1], raw, world)),
  );
  return Math.max(0, last);
}

/** A function of the user's that the runner or the matcher has in a variable: the one under test. */
function isGivenToHarness(
  holder: Match | undefined,
  raw: RawPath,
  world: PlaceWorld,
): boolean {
  const given = holder?.kind === 'variable' ? functionAt(raw, holder.at) : undefined;
  if (given === undefined || world.isOfHarness(given)) return false;
  return isBelowHarness(raw, holder?.at ?? 0, world);
}

/** The function that waits is a test: the runner and the matcher wait for it, or it for them. */
function isBelowHarness(raw: RawPath, at: number, world: PlaceWorld): boolean {
  for (let above = at - 1; above >= 0; above--) {
    const fn = functionAt(raw, above);
    if (fn !== undefined && world.isOfHarness(fn)) return true;
  }
  return false;
}

// The registries of Jest, of Vite and of Node's CommonJS: by file, with `exports`.
function isModuleFile(match: Match, raw: RawPath, next: Match | undefined): boolean {
  return (
    moduleFile(match, raw) !== undefined &&
    next?.kind === 'property' &&
    /^(?:exports|module|namespace)$/.test(next.name ?? '')
  );
}

function moduleFile(match: Match, raw: RawPath): string | undefined {
  const key = match.kind === 'map-entry' ? raw.key(match.at) : undefined;
  const name = match.kind === 'property' ? match.name : key?.name;
  return name !== undefined && /^(?:\/|[A-Za-z]:[\\/]|file:\/\/).*\.\w+$/.test(name)
    ? name
    : undefined;
}

/** entry "/path/of/module.ts" -> exports -> name: an export of that module. */
function namedModules(matches: readonly Match[], raw: RawPath): readonly Match[] {
  const [first, second, third, ...rest] = matches;
  if (first === undefined || second === undefined || !isModuleFile(first, raw, second)) {
    return matches;
  }
  const place = { file: moduleFile(first, raw) ?? '', line: 0, column: 0 };
  if (third?.kind !== 'property') {
    return [{ kind: 'export', at: second.at, place }, ...matches.slice(2)];
  }
  return [
    {
      kind: 'export',
      name: (third.name ?? '').replace(/^get /, ''),
      at: third.at,
      keyAt: -1,
      place,
    },
    ...rest,
  ];
}

function toStep(match: Match, raw: RawPath, world: PlaceWorld): RetainerStep {
  const { kind, name = '', at, keyAt = at, place, seenBy, timer, variable } = match;
  const key = raw.key(keyAt);
  return {
    kind,
    name,
    held: placedThing(raw.node(at) as HeapNode, world),
    ...(key && { key: placedThing(key, world) }),
    ...(place && { place }),
    ...(kind === 'variable' && { isModuleLevel: match.isModuleLevel === true }),
    ...(seenBy !== undefined && { seenBy }),
    ...timer,
    ...(variable && { variable }),
  };
}

function functionAt(raw: RawPath, at: number): HeapNode | undefined {
  return raw.isFunction(at) ? raw.node(at) : undefined;
}

function placedThing(node: HeapNode, world: PlaceWorld): HeapThing {
  return thingOf(node, world.placeOf(node));
}

function placeAt(raw: RawPath, at: number, world: PlaceWorld): SourcePlace | undefined {
  const node = raw.node(at);
  return node === undefined ? undefined : world.placeOf(node);
}

/** V8 calls the object of a suspended async function by its class. */
function generatorName(raw: RawPath, at: number): string {
  const name = raw.name(at);
  return /^(?:Async)?Generator$|^AsyncFunction$/.test(name) ? '' : name;
}

const INTERNAL_TYPES: ReadonlySet<string> = new Set([
  'hidden',
  'code',
  'object shape',
  'synthetic',
  'native',
]);

function kindOf({ type, name }: HeapNode): HeapThing['kind'] {
  if (type === 'closure') return 'function';
  if (/string$/.test(type)) return 'string';
  if (INTERNAL_TYPES.has(type) || name.startsWith('system / ')) return 'internal';
  if (type === 'array') return 'internal';
  return type === 'object' || type === 'regexp' ? 'object' : 'other';
}

function nameOfThing({ type, name }: HeapNode): string {
  return name === '' && type === 'array' ? '(array)' : name;
}
