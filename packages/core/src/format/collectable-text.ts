// What still holds an object that should have gone away: limit, fact, where, next.

import { formatBytes } from '../bytes.js';
import type { CollectableReport, HeapThing } from '../types.js';
import { adviceFor } from './advice.js';
import { wrap } from './layout.js';
import { frameLocation } from './location.js';
import { retainerLines, thingName } from './retainer-text.js';
import { type Style, type TextOptions, toStyle } from './style.js';
import { callOf, nodeName, plural } from './wording.js';

/** {@link TextOptions}, and what was asked. */
export interface CollectableTextOptions extends TextOptions {
  /** `fn.name`; a nameless function is "the function". */
  readonly name?: string;
  /** The text for `.not`. */
  readonly negated?: boolean;
}

/** Why `toBeCollectable` (or its negation) failed, ready to print. The first line says it all. */
export function formatCollectable(
  report: CollectableReport,
  options: CollectableTextOptions,
): string {
  const style = toStyle(options);
  return [
    headline(report, options, style),
    '',
    ...whereLines(report, style),
    ...wrap(observedText(report), style.width, '  ').map((line) => style.paint.dim(line)),
    ...snapshotLines(report, style),
    ...wrap(`Next: ${nextText(report)}`, style.width, '  ', '      '),
  ].join('\n');
}

function headline(
  { isCollected, object, collectionCount }: CollectableReport,
  { name, negated = false }: CollectableTextOptions,
  { paint }: Style,
): string {
  const subject = `what ${callOf(name) ?? 'the function'} returns`;
  const wish = negated ? 'not to be collectable' : 'to be collectable';
  if (isCollected) {
    const when =
      collectionCount === 1
        ? 'at once'
        : `after ${plural(collectionCount - 1, 'event-loop turn')}`;
    return `Expected ${subject} ${wish}, but it was collected ${when}.`;
  }
  const fact =
    object === undefined
      ? 'it is still held'
      : `its ${thingName(object)} (${sizeOf(object)}) is still held`;
  return `Expected ${subject} ${wish}, but ${paint.red(fact)}.`;
}

/** With what goes when it goes. */
function sizeOf({ shallowBytes, retainedBytes }: HeapThing): string {
  const all = formatBytes(retainedBytes);
  return all === formatBytes(shallowBytes) ? all : `${all} with what only it holds`;
}

function whereLines(
  { isCollected, path, noSnapshot }: CollectableReport,
  style: Style,
): string[] {
  if (isCollected) return [];
  if (noSnapshot !== undefined) {
    const text = `What holds it is not known. ${noSnapshot}`;
    return [...wrap(text, style.width, '  '), ''];
  }
  if (path === undefined) {
    return [...wrap('V8 shows no reference that holds it.', style.width, '  '), ''];
  }
  return [...retainerLines(path, style), ''];
}

function observedText({ isCollected, waitMs, nodeVersion }: CollectableReport): string {
  const node = nodeName(nodeVersion);
  return isCollected
    ? `Nothing held it but weak references (${node}).`
    : `Still there after full collections over ${waitMs.toLocaleString('en-US')} ms of event-loop turns (${node}).`;
}

function snapshotLines({ snapshotFile }: CollectableReport, { root }: Style): string[] {
  if (snapshotFile === undefined) return [];
  const file = frameLocation({ file: snapshotFile, line: 0 }, root);
  return [`  Snapshot for Chrome DevTools: ${file}`];
}

function nextText({ isCollected, path, noSnapshot }: CollectableReport): string {
  if (isCollected) return 'drop `.not`, or check that what should hold it still does.';
  if (noSnapshot !== undefined) {
    return 'wait for the snapshot, or run the test in a process with less on its heap.';
  }
  return adviceFor(path) ?? 'let go of it where the path says, or hold it by a WeakRef.';
}
