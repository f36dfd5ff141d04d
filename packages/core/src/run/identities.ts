// One record for each test of a run, and what is wrong when there are more or fewer.

import { withBroken } from './broken-limits.js';
import { inProject, recordKey } from './keys.js';
import type { FileIdentity, FileRun, TestRecord } from './types.js';

/** What one worker recorded of tests. */
export interface WorkerTests {
  readonly tests: readonly TestRecord[];
  /** Of the file: false when its worker was lost before it ended. The runner may then run the file again. */
  readonly hasEnded: (file: FileIdentity) => boolean;
}

/** Records by identity, and a sentence when two tests have the same. */
export interface OneOfEach {
  readonly tests: readonly TestRecord[];
  readonly fault: string | undefined;
}

/**
 * A file that lost its worker and ran again counts as it ran again. Anything else that comes twice is a fault: what
 * came last is kept, with the limits that any of them broke.
 */
export function oneOfEach(workers: readonly WorkerTests[]): OneOfEach {
  const kept = new Map<
    string,
    { readonly test: TestRecord; readonly isWhole: boolean }
  >();
  const doubled = new Set<string>();
  for (const { tests, hasEnded } of workers) {
    const own = new Set<string>();
    for (const test of tests) {
      const key = recordKey(test);
      const known = kept.get(key);
      const isWhole = hasEnded(test);
      if (own.has(key) || (known?.isWhole === true && isWhole)) doubled.add(key);
      own.add(key);
      const isKnownBetter = known?.isWhole === true && !isWhole;
      const [last, other] = isKnownBetter ? [known.test, test] : [test, known?.test];
      kept.set(key, {
        test: merged(last, other),
        isWhole: isWhole || known?.isWhole === true,
      });
    }
  }
  const [first] = doubled;
  return {
    tests: [...kept.values()].map(({ test }) => test),
    fault: first === undefined ? undefined : doubledText(first, doubled.size),
  };
}

/** A test, with the limits that an earlier record of it has as broken. */
export function merged(test: TestRecord, earlier: TestRecord | undefined): TestRecord {
  const broken = earlier?.limits?.filter(({ isBroken }) => isBroken) ?? [];
  if (broken.length === 0) return test;
  return { ...test, limits: withBroken(test.limits ?? [], broken) };
}

function doubledText(first: string, count: number): string {
  const tests = count === 1 ? '1 test has' : `${count} tests have`;
  return `${tests} two records, the first ${first}. Give the projects of the runner names that differ; where they do, please report this as a fault of highwater.`;
}

/** Tests that the runner says it ran, and that have no record; `undefined` for none. */
export function lostRecords(
  tests: readonly TestRecord[],
  files: readonly FileRun[],
): string | undefined {
  const recorded = new Map<string, number>();
  for (const test of tests) {
    if (test.state === 'skipped') continue;
    const name = nameOf(test);
    recorded.set(name, (recorded.get(name) ?? 0) + 1);
  }
  const lost = files
    .map((file) => {
      const name = nameOf(file);
      const lostCount = file.ranCount - (recorded.get(name) ?? 0);
      return { name, lostCount, ranCount: file.ranCount };
    })
    .filter(({ lostCount }) => lostCount > 0);
  const [first] = lost;
  if (first === undefined) return undefined;
  const sum = (numbers: readonly number[]): number => numbers.reduce((a, b) => a + b, 0);
  const count = sum(lost.map(({ lostCount }) => lostCount));
  const ran = sum(files.map(({ ranCount }) => ranCount));
  return `Records lost: ${count} of ${ran} tests that ran have none, ${first.lostCount} of ${first.ranCount} in ${first.name}${
    lost.length === 1
      ? ''
      : ` and others in ${lost.length - 1} more ${lost.length === 2 ? 'file' : 'files'}`
  }.`;
}

function nameOf({ project, file }: FileIdentity): string {
  return inProject(project, file);
}
