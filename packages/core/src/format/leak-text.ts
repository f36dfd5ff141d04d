// A leak verdict in words: limit, fact, where, next.

import type { LeakJudgement } from '../budget.js';
import { formatBytes, formatCount } from '../bytes.js';
import { FILE_DESCRIPTOR } from '../leaks/resources.js';
import { sum } from '../stats.js';
import type { LeakGroup, LeakReport, LeakResource, UndecidedReason } from '../types.js';
import { adviceFor } from './advice.js';
import type { SiteNumbers } from './callsite-text.js';
import { wordOf } from './class-words.js';
import { heldLines, openFileOf, rankGroups, wasmMemoryOf } from './held-text.js';
import { wrap } from './layout.js';
import { besideGroups, callUnit, groupsAmount, unitOf } from './leak-amounts.js';
import { rankLeakSites, whereLines } from './leak-sites-text.js';
import { frameLocation, userFunction } from './location.js';
import { type Style, type TextOptions, toStyle } from './style.js';
import {
  callOf,
  callOrName,
  listed,
  nodeName,
  plural,
  roundUp,
  sizeLiteral,
} from './wording.js';

/** {@link TextOptions}, and what was asked. */
export interface LeakTextOptions extends TextOptions {
  /** `fn.name`; a nameless function is "the function". */
  readonly name?: string;
  /** The text for `.not`. */
  readonly negated?: boolean;
}

/**
 * Why `toNotLeak` (or `not.toNotLeak`) failed, ready to print. The first line says it all; by
 * default at most about 15 lines.
 */
export function formatLeak(
  judgement: LeakJudgement,
  report: LeakReport,
  options: LeakTextOptions,
): string {
  const style = toStyle(options);
  const ranked = rankLeakSites(report, style);
  const groups = rankGroups(report.groups, style);
  const unit = callUnit(report, judgement, groups);
  const facts = [
    ...wrap(factText(judgement, report, groups), style.width, '  '),
    ...whereLines(ranked, judgement, report, unit, style),
    ...heldLines(groups, report, unit, style),
  ];
  return [
    headline(judgement, report, groups, options, style),
    '',
    ...facts,
    '',
    ...wrap(observedText(report), style.width, '  ').map((line) => style.paint.dim(line)),
    ...snapshotLines(report, style),
    ...(report.noSnapshot === undefined
      ? []
      : wrap(report.noSnapshot, style.width, '  ')),
    ...wrap(
      nextText(judgement, report, ranked[0], groups, options.negated ?? false),
      style.width,
      '  ',
      '      ',
    ),
  ].join('\n');
}

function headline(
  judgement: LeakJudgement,
  report: LeakReport,
  groups: readonly LeakGroup[],
  options: LeakTextOptions,
  { paint }: Style,
): string {
  const subject = callOf(options.name) ?? 'the function';
  const wish = options.negated === true ? 'to leak' : 'not to leak';
  const fact = {
    leak: () => paint.red(leakText(judgement, report, groups)),
    undecided: () => `that is undecided: ${undecidedText(judgement, report)}`,
    clean: () =>
      judgement.isAccepted
        ? `${keepsText(judgement, report)}, and \`allow\` accepts ${formatBytes(judgement.allowedBytesPerCall ?? 0)}`
        : `${plural(report.calls, 'call')} left nothing behind`,
  }[judgement.verdict]();
  return `Expected ${subject} ${wish}, but ${fact}.`;
}

function undecidedText(judgement: LeakJudgement, report: LeakReport): string {
  if (report.undecidedBecause === 'event-loop') {
    return 'it leaves work to the event loop, which does not turn between the calls of a sync function';
  }
  if (report.undecidedBecause === 'snapshot-limit') {
    return `${keepsText(judgement, report)}, but the heap is too large to tell what holds it`;
  }
  const files = openFileOf(report);
  const still =
    files === undefined
      ? `it still grew by ${formatBytes(judgement.bytesPerCall)} per call`
      : `${filesText(files)} open`;
  return `after ${plural(report.calls, 'call')} ${still}`;
}

/** What a reader would call the leak: its classes, or its collection, or only its size. */
function leakText(
  judgement: LeakJudgement,
  report: LeakReport,
  groups: readonly LeakGroup[],
): string {
  const { calls, every } = callUnit(report, judgement, groups);
  if (groups.length > 0) {
    const things = [
      groupsAmount(groups, calls),
      ...besideGroups(judgement, groups, calls),
    ];
    return `${every('keep')} ${listed(things)} alive`;
  }
  const [collection] = report.collections;
  if (collection !== undefined) {
    const entries = plural(collection.entriesPerCall * calls, 'entry', 'entries');
    return `${every('add')} ${entries} to ${withArticle(wordOf(collection.kind))}`;
  }
  const files = openFileOf(report);
  if (files !== undefined) return `${filesText(files)} open`;
  const [growth] = report.growths;
  if (growth !== undefined) {
    return `every call adds ${formatBytes(growth.bytesPerCall)} to ${withArticle(wordOf(growth.className))}`;
  }
  return keepsText(judgement, report);
}

/** `every call keeps 1 object (16 B) alive`, for any number of objects per call. */
function keepsText(judgement: LeakJudgement, report: LeakReport): string {
  const { objectsPerCall, bytesPerCall, arrayBufferBytesPerCall, nativeBytesPerCall } =
    judgement;
  const heapBytes = bytesPerCall - arrayBufferBytesPerCall - nativeBytesPerCall;
  // What lines of native memory explain is not on the heap.
  const isOfObjects = objectsPerCall > 0 && report.nativeSites.length === 0;
  const { calls, every } = unitOf(isOfObjects ? objectsPerCall : 1);
  const size = (bytes: number): string => formatBytes(bytes * calls);
  const things = [
    ...(isOfObjects
      ? [`${plural(objectsPerCall * calls, 'object')} (${size(heapBytes)})`]
      : heapBytes > 0
        ? [`${size(heapBytes)} of V8's heap`]
        : []),
    ...(arrayBufferBytesPerCall > 0
      ? [`${size(arrayBufferBytesPerCall)} of ArrayBuffer stores`]
      : []),
    ...(nativeBytesPerCall > 0 ? [`${size(nativeBytesPerCall)} of native memory`] : []),
  ];
  return `${every('keep')} ${listed(things)} alive`;
}

function withArticle(noun: string): string {
  return `${/^[aeiou]/i.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** `every call leaves 1 file`, for any number of files per call. */
function filesText({ perCall }: LeakResource): string {
  const { calls, every } = unitOf(perCall);
  return `${every('leave')} ${plural(perCall * calls, 'file')}`;
}

function factText(
  judgement: LeakJudgement,
  report: LeakReport,
  groups: readonly LeakGroup[],
): string {
  const [main] = groups;
  const files = openFileOf(report);
  if (files !== undefined) {
    const left = plural(files.perCall * report.calls, 'file');
    return `${plural(report.calls, 'call')} left ${left} open. V8's heap did not grow with them: a file descriptor is a number.`;
  }
  const wasm = wasmMemoryOf(report);
  if (wasm !== undefined) {
    const used = formatBytes(wasm.bytesPerCall * report.calls);
    return `${plural(report.calls, 'call')} used ${used} more of it. What a program in it does not free, its allocator keeps; V8's heap does not show it.`;
  }
  if (main !== undefined) {
    const calls = main.objectCount / main.objectsPerCall;
    return `The last ${plural(calls, 'call')} left ${groupsAmount(groups, calls)} behind.`;
  }
  if (report.nativeSites.length > 0) {
    const ends = report.nativeSites.flatMap((site) => site.series.slice(-1));
    const calls = plural(Math.max(...ends.map((end) => end.calls)), 'call');
    const blocks = plural(sum(ends.map((end) => end.liveCount)), 'block');
    const bytes = formatBytes(sum(ends.map((end) => end.liveBytes)));
    return `${calls} left ${blocks} (${bytes}) of native memory behind. V8's heap did not grow with them: nothing in JavaScript holds them.`;
  }
  if (report.sites.length > 0) {
    const ends = report.sites.flatMap((site) => site.series.slice(-1));
    const calls = plural(Math.max(...ends.map((end) => end.calls)), 'call');
    const objects = sum(ends.map((end) => end.liveCount));
    const bytes = sum(ends.map((end) => end.liveBytes));
    const stores =
      judgement.arrayBufferBytesPerCall > 0
        ? `, ArrayBuffer stores grew by ${formatBytes(judgement.arrayBufferBytesPerCall * report.calls)}`
        : '';
    return `${calls} left ${plural(objects, 'object')} and ${formatBytes(bytes)} on the heap${stores}.`;
  }
  const calls = plural(report.calls, 'call');
  const heap = formatBytes(report.heapBytesPerCall * report.calls);
  const stores = formatBytes(report.arrayBufferBytesPerCall * report.calls);
  if (judgement.nativeBytesPerCall > 0) {
    const native = formatBytes(judgement.nativeBytesPerCall * report.calls);
    return `${calls} changed V8's heap by ${heap}, ArrayBuffer stores by ${stores} and other native memory by ${native}.`;
  }
  return `${calls} changed V8's heap by ${heap} and ArrayBuffer stores by ${stores}.`;
}

function observedText(report: LeakReport): string {
  return `Observed ${plural(report.calls, 'call')} after ${plural(report.warmup, 'warm-up call')} in ${formatCount(Math.round(report.durationMs))} ms (${nodeName(report.nodeVersion)}).`;
}

function snapshotLines({ snapshotFile }: LeakReport, { root }: Style): string[] {
  if (snapshotFile === undefined) return [];
  const file = frameLocation({ file: snapshotFile, line: 0 }, root);
  return [`  Snapshot for Chrome DevTools: ${file}`];
}

/** How to come to a verdict. */
function decideText(because: UndecidedReason = 'time'): string {
  return {
    time: 'it may be a cache that fills. Let it fill with more `iterations` or a longer `timeoutMs`',
    'heap-limit':
      'it may be a cache that fills, and no more of it fits into the heap. Give the test more heap (`--max-old-space-size`), let a call keep less',
    'snapshot-limit':
      'wait for the snapshot, or run the test in a process with less on its heap',
    'event-loop':
      'a turn may let go of it. Let one pass: ask an async function that calls it and then awaits setImmediate() of node:timers/promises',
  }[because];
}

function nextText(
  judgement: LeakJudgement,
  report: LeakReport,
  main: SiteNumbers | undefined,
  groups: readonly LeakGroup[],
  negated: boolean,
): string {
  if (judgement.verdict !== 'clean' && openFileOf(report) !== undefined) {
    return `Next: close the file when it is done with, in a \`finally\`. If it may stay open: toNotLeak({ ignore: ['${FILE_DESCRIPTOR}'] }).`;
  }
  const accept = `toNotLeak({ allow: ${sizeLiteral(roundUp(judgement.bytesPerCall))} })`;
  if (judgement.verdict === 'undecided') {
    return `Next: ${decideText(report.undecidedBecause)}${negated ? '' : `, or accept the growth: ${accept}`}.`;
  }
  if (judgement.verdict === 'clean') {
    return judgement.isAccepted
      ? 'Next: drop `.not`, or allow less.'
      : 'Next: drop `.not`, or check that what should stay is still referenced after the call.';
  }
  if (wasmMemoryOf(report) !== undefined) {
    return `Next: free what a call makes in the WebAssembly module (\`free()\`, \`delete()\`, \`close()\`), in a \`finally\`. If it may grow: ${accept}.`;
  }
  const advice = adviceFor(
    groups[0]?.path ?? report.collections[0]?.path ?? report.growths[0]?.path,
  );
  if (advice !== undefined) return `Next: ${advice} If it may grow: ${accept}.`;
  if (groups.length === 0 && report.collections[0] !== undefined) {
    return `Next: take entries out of the ${report.collections[0].kind} when they are done with. If it may grow: ${accept}.`;
  }
  if (groups.length === 0 && report.growths[0] !== undefined) {
    return `Next: take out of it what is done with, or limit its size. If it may grow: ${accept}.`;
  }
  const culprit = userFunction(main?.frames[0]);
  const made = culprit === undefined ? 'a call makes' : `${callOrName(culprit)} makes`;
  if (report.nativeSites.length > 0) {
    const asked = culprit === undefined ? 'a call' : callOrName(culprit);
    const isNameless = report.nativeSites.some(
      ({ frames, nativeStacks }) => frames.length === 0 && nativeStacks === undefined,
    );
    const names = isNameless ? ' For the functions that ask: { native: true }.' : '';
    return `Next: close or free what ${asked} opens, or look for a version of the addon without this leak.${names} If it may grow: ${accept}.`;
  }
  const find =
    report.sites.length > 0
      ? `find what still holds what ${made}: a listener, a timer, a Map?`
      : judgement.arrayBufferBytesPerCall > 0
        ? 'find what still holds the Buffers and typed arrays that a call makes.'
        : 'look for collections that every call adds to.';
  return `Next: ${find} If it may grow: ${accept}.`;
}
