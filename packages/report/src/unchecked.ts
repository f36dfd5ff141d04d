// The text about tests that passed although nobody held them against the limits they are under.

import type { TestRecord } from '@highwater/core';
import type { FullStyle } from './style.js';
import { heading } from './terminal.js';
import { testLines } from './test-lines.js';
import { counted, printable } from './words.js';

/** Tests that are told for one reason. */
const MOST = 3;

/** Tests of a run, with limits that were not checked, by why they were not. Most first. */
export interface Unchecked {
  readonly why: string;
  readonly tests: readonly TestRecord[];
}

/** Completes "not checked: ...". */
export function whyUnchecked({ notMeasured }: TestRecord): string {
  return notMeasured ?? 'another measurement was under way';
}

export function uncheckedByReason(tests: readonly TestRecord[]): readonly Unchecked[] {
  const byReason = new Map<string, TestRecord[]>();
  for (const test of tests) {
    const why = printable(whyUnchecked(test));
    const known = byReason.get(why);
    if (known === undefined) byReason.set(why, [test]);
    else known.push(test);
  }
  return [...byReason]
    .map(([why, tests]) => ({ why, tests }))
    .sort((a, b) => b.tests.length - a.tests.length);
}

/** Nothing for none. */
export function uncheckedLines(
  tests: readonly TestRecord[],
  style: FullStyle,
): readonly string[] {
  if (tests.length === 0) return [];
  return [
    heading(`Limits not checked: ${counted(tests.length, 'test')}`, style),
    ...uncheckedByReason(tests).flatMap(({ why, tests: same }) => {
      const hidden = same.length - MOST;
      return [
        `  ${why}`,
        ...testLines(same.slice(0, MOST), style, '    ').flat(),
        ...(hidden > 0 ? [`    ...and ${hidden} more`] : []),
      ];
    }),
  ];
}
