// What waits: timers, promises, functions that are suspended, the context of what comes later.

import type { Match, PlaceWorld, RawPath, TimerFacts } from '../raw-path.js';
import { isTable } from './collections.js';
import { scope } from './scopes.js';

/** ... -> TimersList -> (Timeout ->)* Timeout -> callback; the way to the list is Node's. */
export function listOfTimers(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Match | undefined {
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

export function timerCallback(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Match | undefined {
  if (!isTimerCallback(raw, at)) return undefined;
  const timer = timerAt(raw, at - 1, world);
  return { kind: 'timer', name: raw.name(at - 1), at, timer };
}

function timerAt(raw: RawPath, at: number, world: PlaceWorld): TimerFacts | undefined {
  const node = raw.node(at);
  return node && world.timerOf(node);
}

function isTimerCallback(raw: RawPath, at: number): boolean {
  return /^_on(?:Timeout|Immediate)$/.test(raw.edge(at)) && raw.isFunction(at);
}

/** (Promise -> reaction ->) nameless function -> Context -> extension: the suspended function -> its registers */
export function awaiting(raw: RawPath, at: number, world: PlaceWorld): Match | undefined {
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
export function suspended(
  raw: RawPath,
  at: number,
  world: PlaceWorld,
): Match | undefined {
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

/** V8 calls the object of a suspended async function by its class. */
function generatorName(raw: RawPath, at: number): string {
  const name = raw.name(at);
  return /^(?:Async)?Generator$|^AsyncFunction$/.test(name) ? '' : name;
}

/** Promise -> reactions (a list) or result */
export function promise(raw: RawPath, at: number): Match | undefined {
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
export function asyncContext(raw: RawPath, at: number): Match | undefined {
  if (raw.edge(at).includes('kResourceStore')) return { kind: 'async-context', at };
  if (raw.name(at) !== 'AsyncContextFrame' || !isTable(raw, at + 1)) return undefined;
  return { kind: 'async-context', at: at + 2, keyAt: -1 };
}
