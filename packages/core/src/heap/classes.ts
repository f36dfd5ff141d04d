// The heap by class, and what changed in it.

import { sum } from '../stats.js';
import type {
  HeapCapture,
  HeapClass,
  HeapClassChange,
  HeapDiff,
} from '../types/retainers.js';

// DevTools' words for what has no class.
const TYPE_WORDS: Readonly<Record<string, string>> = {
  code: '(compiled code)',
  hidden: '(system)',
  'object shape': '(object shape)',
  closure: '(closure)',
};

/** The name under which DevTools lists a class. */
export function classNameOf(type: string, name: string): string {
  const isOfValues = type === 'object' || type === 'native';
  if (isOfValues && name !== '') return name;
  return TYPE_WORDS[type] ?? `(${type})`;
}

/** One entry per class name, most bytes first. */
export function mergeClasses(
  classes: readonly {
    readonly type: string;
    readonly name: string;
    readonly count: number;
    readonly shallowBytes: number;
  }[],
): readonly HeapClass[] {
  const merged = new Map<string, { count: number; shallowBytes: number }>();
  for (const { type, name, count, shallowBytes } of classes) {
    const className = classNameOf(type, name);
    const sum = merged.get(className) ?? { count: 0, shallowBytes: 0 };
    sum.count += count;
    sum.shallowBytes += shallowBytes;
    merged.set(className, sum);
  }
  return [...merged]
    .map(([className, sum]) => ({ className, ...sum }))
    .sort((a, b) => b.shallowBytes - a.shallowBytes || b.count - a.count);
}

/** Whether V8 makes the objects of a class, and not a program. */
export function isInternalClass(className: string): boolean {
  return /^\((?:compiled code|object shape|system|hidden|synthetic)\)$/.test(className);
}

/** The classes of which there are more or fewer objects, or bytes, and their sums. */
export function diffClasses(
  before: HeapCapture,
  after: HeapCapture,
  internals: boolean,
): HeapDiff {
  const changes = changesOf(before.classes, after.classes).filter(
    ({ className }) => internals || !isInternalClass(className),
  );
  const more = (a: HeapClassChange, b: HeapClassChange): number =>
    b.bytesDelta - a.bytesDelta || b.countDelta - a.countDelta;
  return {
    bytesDelta: sum(changes.map(({ bytesDelta }) => bytesDelta)),
    countDelta: sum(changes.map(({ countDelta }) => countDelta)),
    grown: changes.filter(isGrowth).sort(more),
    shrunk: changes.filter((change) => !isGrowth(change)).sort((a, b) => more(b, a)),
  };
}

function changesOf(
  before: readonly HeapClass[],
  after: readonly HeapClass[],
): readonly HeapClassChange[] {
  const old = new Map(before.map((entry) => [entry.className, entry]));
  const now = new Map(after.map((entry) => [entry.className, entry]));
  const names = new Set([...old.keys(), ...now.keys()]);
  return [...names]
    .map((className) => change(className, old.get(className), now.get(className)))
    .filter(({ countDelta, bytesDelta }) => countDelta !== 0 || bytesDelta !== 0);
}

function change(
  className: string,
  before: HeapClass | undefined,
  after: HeapClass | undefined,
): HeapClassChange {
  const [beforeCount, afterCount] = [before?.count ?? 0, after?.count ?? 0];
  const [beforeBytes, afterBytes] = [before?.shallowBytes ?? 0, after?.shallowBytes ?? 0];
  return {
    className,
    beforeCount,
    afterCount,
    countDelta: afterCount - beforeCount,
    beforeBytes,
    afterBytes,
    bytesDelta: afterBytes - beforeBytes,
  };
}

function isGrowth({ bytesDelta, countDelta }: HeapClassChange): boolean {
  return bytesDelta > 0 || (bytesDelta === 0 && countDelta > 0);
}
