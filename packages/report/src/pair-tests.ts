// Which test of a run is which test of an earlier one.

import { recordKey, type TestRecord } from '@highwater/core';
import { bareTitle } from './bare-title.js';
import { groupBy } from './group-by.js';

export interface TestPair<Earlier> {
  readonly before: Earlier;
  readonly test: TestRecord;
}

export interface PairedTests<Earlier> {
  readonly pairs: readonly TestPair<Earlier>[];
  /** Later tests without an earlier one. */
  readonly added: readonly TestRecord[];
  readonly removed: readonly Earlier[];
}

/** What a test is recognised by. */
interface Name {
  readonly of: (test: TestRecord) => string;
  /** Whether tests that have their pair already may not have that name, either. */
  readonly isOfAll?: boolean;
}

/**
 * A title that differs in a time, an id or a number only. `adds 2` and `adds 3` are two cases of one table, not one
 * test at two times: where `adds 1` is beside them, nobody can tell.
 */
const BARE: Name = {
  of: ({ project, file, titles }) =>
    JSON.stringify([project ?? '', file, titles.map(bareTitle)]),
  isOfAll: true,
};

/** For runs that may be shards: tests of other files are other tests. */
export const SAME_FILE: readonly Name[] = [{ of: recordKey }, BARE];

/** The surest first. */
const NAMES: readonly Name[] = [
  { of: recordKey },
  // The name of the project has changed, the file was renamed, or both.
  { of: ({ file, titles, ordinal }) => JSON.stringify([file, titles, ordinal]) },
  {
    of: ({ project, titles, ordinal }) =>
      JSON.stringify([project ?? '', titles, ordinal]),
  },
  { of: ({ titles, ordinal }) => JSON.stringify([titles, ordinal]) },
  BARE,
];

/**
 * By one name after another, wherever exactly one test of each side has it.
 *
 * @param earlier tests of different keys
 */
export function pairTests<Earlier extends { readonly test: TestRecord }>(
  earlier: readonly Earlier[],
  tests: readonly TestRecord[],
  names: readonly Name[] = NAMES,
): PairedTests<Earlier> {
  let removed = earlier;
  let added = tests;
  const pairs: TestPair<Earlier>[] = [];
  for (const { of, isOfAll = false } of names) {
    if (removed.length === 0 || added.length === 0) break;
    const gone = groupBy(isOfAll ? earlier : removed, ({ test }) => of(test));
    const came = groupBy(isOfAll ? tests : added, of);
    const left = new Set(removed);
    added = added.filter((test) => {
      const name = of(test);
      const [before, ...more] = gone.get(name) ?? [];
      const isOne = more.length === 0 && came.get(name)?.length === 1;
      if (before === undefined || !isOne || !left.delete(before)) return true;
      pairs.push({ before, test });
      return false;
    });
    removed = [...left];
  }
  return { pairs, added, removed };
}
