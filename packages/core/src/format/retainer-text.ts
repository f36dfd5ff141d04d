// The chain of references that holds an object, on lines of a failure text.

import { formatCount } from '../bytes.js';
import type { HeapThing, RetainerPath, RetainerStep, SourcePlace } from '../types.js';
import { columnsOf, cutEnd, cutMiddle } from './columns.js';
import { frameLocation, shortenName } from './location.js';
import type { Style } from './style.js';
import { callOf } from './wording.js';

/** How {@link retainerLines} begins. */
export interface RetainerLayout {
  /** Stands before the first step. Default: `'held by'`. */
  readonly label?: string;
  /** Before every line. Default: two spaces. */
  readonly indent?: string;
}

const ARROW = '→ ';
const HANG = '  ';
const MOST_STEPS = 8;
const FIRST_STEPS = 3;
const MOST_TEXT = 28;
const MOST_NAME = 40;

/**
 * One line or a few, such as
 *
 *     held by  sessions (module src/registry.ts:3): Map
 *       → entry "id-118": Session
 */
export function retainerLines(
  path: RetainerPath,
  style: Style,
  { label = 'held by', indent = '  ' }: RetainerLayout = {},
): string[] {
  const [first, ...others] = describeSteps(path.steps, style);
  if (first === undefined) return [];
  const lines = [`${indent}${label}  ${first.text}`];
  let line = indent + HANG;
  for (const { text } of others) {
    const isFirst = line.trim() === '';
    const step = `${isFirst ? '' : ' '}${ARROW}${text}`;
    if (!isFirst && columnsOf(line) + columnsOf(step) > style.width) {
      lines.push(line);
      line = indent + HANG + step.trimStart();
    } else {
      line += step;
    }
  }
  if (others.length > 0) lines.push(line);
  return paintLines(lines, first.name, style);
}

/** A path as one text, for a sentence or a log. */
export function retainerText(path: RetainerPath, style: Style): string {
  return describeSteps(path.steps, style)
    .map(({ text }) => text)
    .join(` ${ARROW}`);
}

/** `Session`, `parse()`, `"the beginning of..."`. */
export function thingName(thing: HeapThing): string {
  if (thing.kind === 'function') return callOf(thing.name) ?? 'a function';
  if (thing.kind === 'string') return quoted(thing.name);
  if (thing.name === '') return thing.kind === 'object' ? 'Object' : `(${thing.kind})`;
  return shortenName(thing.name, MOST_NAME);
}

interface StepText {
  readonly text: string;
  /** The part of the first step to look for. */
  readonly name: string;
}

/** All steps; of many the first and the last. */
function describeSteps(steps: readonly RetainerStep[], style: Style): StepText[] {
  const texts = steps.map((step, index) => describe(step, steps, index, style));
  if (style.verbose || texts.length <= MOST_STEPS) return texts;
  const hidden = texts.length - MOST_STEPS + 1;
  const more = {
    text: `... ${formatCount(hidden)} more ...`,
    name: '',
  };
  return [...texts.slice(0, FIRST_STEPS), more, ...texts.slice(FIRST_STEPS + hidden)];
}

function describe(
  step: RetainerStep,
  steps: readonly RetainerStep[],
  index: number,
  style: Style,
): StepText {
  const name = referenceName(step, steps[index - 1]);
  const where = referencePlace(step, steps[index - 1], style);
  const held = heldText(step, index === steps.length - 1, style);
  return { name, text: `${name}${where}${held === '' ? '' : `: ${held}`}` };
}

function referenceName(step: RetainerStep, holder: RetainerStep | undefined): string {
  const { name } = step;
  switch (step.kind) {
    case 'global':
      if (name.startsWith('node:')) return name;
      return name === '' ? 'globalThis' : `globalThis${access(name)}`;
    case 'stack':
      return name === '' ? 'a running function' : `${name} (of a running function)`;
    case 'variable':
      return name === '' ? 'a variable' : shortenName(name, MOST_NAME);
    case 'export':
      return name === ''
        ? 'an export of a module'
        : `export ${shortenName(name, MOST_NAME)}`;
    case 'property':
    case 'private-field':
      return access(name);
    case 'prototype':
      return 'prototype';
    case 'element':
      return `[${name}]`;
    case 'map-entry':
      return step.key === undefined ? 'entry' : `entry ${keyName(step.key)}`;
    case 'set-entry':
      return 'entry';
    case 'weak-map-value':
      return step.key === undefined
        ? 'value in a WeakMap'
        : `value of ${keyName(step.key)} in a WeakMap`;
    case 'listener':
      return `listener of ${name === '' ? 'an event' : quoted(name)}`;
    case 'timer':
      return timerName(step);
    case 'reaction':
      return 'callback of then()';
    case 'chained-promise':
      return 'promise of then()';
    case 'promise-result':
      return 'result';
    case 'await':
      return step.variable === undefined
        ? `local variable of ${callOf(name) ?? 'an async function'} that waits`
        : `${step.variable} of ${callOf(name) ?? 'an async function'} that waits`;
    case 'generator':
      return `local variable of ${callOf(name) ?? 'a generator'} that waits`;
    case 'async-context':
      return 'store of an AsyncLocalStorage';
    case 'bound-this':
      return 'bound this';
    case 'bound-argument':
      return `bound argument ${name}`;
    case 'proxy-target':
      return 'target of the Proxy';
    case 'finalizer':
      return 'held for a finalizer';
    case 'native':
      return `native ${shortenName(name, MOST_NAME)}`;
    case 'root':
      return `${name === '' ? 'V8' : name} (V8)`;
    case 'internal':
      return holder?.held.kind === 'internal' && /^\d*$/.test(name)
        ? '(internal)'
        : `(${shortenName(name, MOST_NAME)})`;
  }
}

function timerName({ name, durationMs, isRepeated }: RetainerStep): string {
  if (name === 'Immediate') return 'setImmediate';
  if (durationMs === undefined) return 'timer';
  const setter = isRepeated === true ? 'setInterval' : 'setTimeout';
  return `${setter} of ${durationMs.toLocaleString('en-US')} ms`;
}

/** ` (module src/registry.ts:3)`, unless the step before has said where it is. */
function referencePlace(
  { kind, place, isModuleLevel, seenBy }: RetainerStep,
  holder: RetainerStep | undefined,
  style: Style,
): string {
  if (place === undefined) return '';
  const where = location(place, style);
  if (kind === 'export') return ` (${where})`;
  if (kind !== 'variable') return ` (${where})`;
  if (isModuleLevel === true) return ` (module ${where})`;
  if (isSamePlace(holder?.held.place, place)) return '';
  const call = holder?.held.name === seenBy ? undefined : callOf(seenBy);
  return call === undefined ? ` (${where})` : ` (${where}, used by ${call})`;
}

function heldText(step: RetainerStep, isLast: boolean, style: Style): string {
  const { kind } = step;
  // Of a timer one wants to know whom it calls.
  const held = step.held.name === 'Timeout' ? (step.callback ?? step.held) : step.held;
  if (held.kind === 'function') {
    const where = held.place === undefined ? '' : ` ${location(held.place, style)}`;
    return `${callOf(held.name) ?? 'function'}${where}`;
  }
  const name = thingName(held);
  if (isLast) return name;
  // What everything is made of says nothing on the way.
  if (name === 'Object' || (name === '(array)' && kind !== 'internal')) return '';
  return name;
}

function keyName(key: HeapThing): string {
  return key.kind === 'string' ? quoted(key.name) : thingName(key);
}

/** `.name`, `["odd name"]`, `[tag]`. */
function access(name: string): string {
  if (name.startsWith('[')) return cutMiddle(name, MOST_NAME);
  return /^#?[\p{ID_Start}$_][\p{ID_Continue}$]*$/u.test(name)
    ? `.${shortenName(name, MOST_NAME)}`
    : `[${quoted(name)}]`;
}

function quoted(text: string): string {
  return JSON.stringify(cutEnd(text, MOST_TEXT));
}

function location({ file, line }: SourcePlace, { root }: Style): string {
  return frameLocation({ file, line }, root);
}

function isSamePlace(a: SourcePlace | undefined, b: SourcePlace): boolean {
  return a?.file === b.file && a.line === b.line;
}

/** The first reference is what to look for; the way from there is detail. */
function paintLines(lines: readonly string[], name: string, { paint }: Style): string[] {
  return lines.map((line, index) =>
    index === 0
      ? line.replace(`  ${name}`, () => `  ${paint.bold(name)}`)
      : paint.dim(line),
  );
}
