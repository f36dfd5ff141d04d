// The text about tests and files that passed although nobody held them against the limits they are under.

import type { FileRecord, TestRecord } from '@highwater/core';
import { cutPaths } from './cuts.js';
import type { FullStyle } from './style.js';
import { heading } from './terminal.js';
import { testLines } from './test-lines.js';
import { countedSubjects, printable } from './words.js';

/** Tests that are told for one reason. */
const MOST = 3;

/** Tests and files of a run, with limits that were not checked, by why they were not. Most first. */
export interface Unchecked {
  readonly why: string;
  readonly tests: readonly TestRecord[];
  readonly files: readonly FileRecord[];
}

/** Completes "not checked: ...". */
export function whyUnchecked({
  notMeasured,
  notSearched,
}: Pick<TestRecord, 'notMeasured'> & Pick<FileRecord, 'notSearched'>): string {
  return notMeasured ?? notSearched ?? 'another measurement was under way';
}

export function uncheckedByReason(
  tests: readonly TestRecord[],
  files: readonly FileRecord[] = [],
): readonly Unchecked[] {
  const byReason = new Map<string, { tests: TestRecord[]; files: FileRecord[] }>();
  const of = (item: Parameters<typeof whyUnchecked>[0]) => {
    const why = printable(whyUnchecked(item));
    const known = byReason.get(why) ?? { tests: [], files: [] };
    byReason.set(why, known);
    return known;
  };
  for (const test of tests) of(test).tests.push(test);
  for (const file of files) of(file).files.push(file);
  return [...byReason]
    .map(([why, same]) => ({ why, ...same }))
    .sort((a, b) => sizeOf(b) - sizeOf(a));
}

function sizeOf({ tests, files }: Unchecked): number {
  return tests.length + files.length;
}

/** Nothing for none. */
export function uncheckedLines(
  tests: readonly TestRecord[],
  files: readonly FileRecord[],
  style: FullStyle,
): readonly string[] {
  if (tests.length + files.length === 0) return [];
  return [
    heading(`Limits not checked: ${countedSubjects(tests.length, files.length)}`, style),
    ...uncheckedByReason(tests, files).flatMap((unchecked) => {
      const hidden = sizeOf(unchecked) - MOST;
      const tests = unchecked.tests.slice(0, MOST);
      const some = unchecked.files.slice(0, MOST - tests.length);
      const paths = cutPaths(
        some.map(({ file }) => printable(file)),
        style.width - 4,
      );
      const lines = [
        ...testLines(tests, style, '    ').flat(),
        ...paths.map((path) => `    ${path}`),
      ];
      return [
        `  ${unchecked.why}`,
        ...lines,
        ...(hidden > 0 ? [`    ...and ${hidden} more`] : []),
      ];
    }),
  ];
}
