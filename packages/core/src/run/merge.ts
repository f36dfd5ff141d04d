// Runs of the shards of one suite, as one run.

import { environmentKey } from '../baseline/environment.js';
import { breaking } from '../compare.js';
import { errors } from '../errors.js';
import { merged } from './identities.js';
import { recordKey } from './keys.js';
import type { RunFile, TestRecord } from './types.js';

/**
 * In any order. A shard that is missing, or a test that is in two of them, is a problem of the merged run.
 *
 * @throws HighwaterError `runs-differ`; RangeError for no run
 */
export function mergeRuns(runs: readonly RunFile[]): RunFile {
  const [first, ...others] = runs;
  if (first === undefined) throw new RangeError('no run to merge');
  if (others.length === 0) return first;
  for (const other of others) {
    const difference = differenceOf(first, other) ?? differentRunner(first, other);
    if (difference !== undefined) throw errors.runsDiffer('merged', ...difference);
  }
  const { shard: _, faults: __, ...about } = first;
  const { tests, problem } = lastOfEach(runs.flatMap((run) => run.tests));
  const faults = runs.flatMap((run) => run.faults ?? []);
  const starts = runs.map(({ startedAt }) => Date.parse(startedAt));
  const ends = runs.map((run) => Date.parse(run.startedAt) + run.durationMs);
  return {
    ...about,
    startedAt: new Date(Math.min(...starts)).toISOString(),
    durationMs: Math.max(...ends) - Math.min(...starts),
    tests,
    files: runs.flatMap((run) => run.files),
    processes: runs.flatMap((run) => run.processes),
    problems: [
      ...missingShards(runs),
      ...runs.flatMap((run) => run.problems),
      ...(problem === undefined ? [] : [problem]),
    ],
    ...(faults.length > 0 && { faults }),
    cost: { trackingMs: runs.reduce((sum, { cost }) => sum + cost.trackingMs, 0) },
  };
}

/** Shards that overlap ran the same tests. The last one counts, with the limits that any of them broke. */
function lastOfEach(tests: readonly TestRecord[]): {
  readonly tests: readonly TestRecord[];
  readonly problem: string | undefined;
} {
  const byKey = new Map<string, TestRecord>();
  let twice: string | undefined;
  for (const test of tests) {
    const key = recordKey(test);
    const known = byKey.get(key);
    if (known !== undefined) twice ??= key;
    byKey.set(key, merged(test, known));
  }
  const surplus = tests.length - byKey.size;
  if (twice === undefined) return { tests, problem: undefined };
  return {
    tests: [...byKey.values()],
    problem: `${surplus} ${surplus === 1 ? 'record was' : 'records were'} of tests that are in several of the runs, the first of ${twice}: the last one counts.`,
  };
}

/** What two runs differ in so that their numbers say nothing about each other, and both sides of it. */
export function differenceOf(
  a: RunFile,
  b: RunFile,
): readonly [what: string, a: string, b: string] | undefined {
  const [here, there] = [environmentKey(a), environmentKey(b)];
  if (here !== there) return ['environments', here, there];
  const isSame = breaking(a.highwater) === breaking(b.highwater);
  return isSame ? undefined : ['versions of highwater', a.highwater, b.highwater];
}

function differentRunner(
  { runner: a }: RunFile,
  { runner: b }: RunFile,
): readonly [what: string, a: string, b: string] | undefined {
  return a.name === b.name ? undefined : ['runners', a.name, b.name];
}

function missingShards(runs: readonly RunFile[]): readonly string[] {
  const counts = new Set(runs.map(({ shard }) => shard?.count));
  const [count] = counts;
  if (counts.size > 1) return ['The runs are shards of different numbers of shards.'];
  if (count === undefined) return [];
  const seen = new Set(runs.map(({ shard }) => shard?.index));
  return Array.from({ length: count }, (_, i) => i + 1)
    .filter((index) => !seen.has(index))
    .map((index) => `Shard ${index} of ${count} is missing.`);
}
