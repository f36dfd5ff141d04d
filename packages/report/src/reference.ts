// What the numbers of a run are held against: another run, or a window of earlier ones.

import {
  differenceOf,
  errors,
  median,
  type RunFile,
  recordKey,
  type TestNumbers,
  type TestRecord,
} from '@highwater/core';
import { RUN_METRICS, type RunMetric } from './metrics.js';
import { pairTests, SAME_FILE } from './pair-tests.js';

/** One number that was, and how far it went astray without a cause. */
export interface Reference {
  readonly value: number;
  /** Bytes above `value` that are no news; 0 when nothing is known of it. */
  readonly noise: number;
  /** Whether there were enough values to tell the noise from. */
  readonly isNoiseKnown: boolean;
}

export interface ReferenceTest {
  readonly test: TestRecord;
  readonly numbers: Partial<Readonly<Record<RunMetric, Reference>>>;
}

/** By key of the test. */
export type References = ReadonlyMap<string, ReferenceTest>;

/** Times the standard deviation that the median absolute deviation stands for, of a normal distribution. */
const DEVIATIONS = 3;
const MAD_TO_SIGMA = 1.4826;
/** Fewer values say nothing about their own noise. */
const LEAST_RUNS = 3;
/** Of runs, the newest. */
export const DEFAULT_WINDOW = 20;

/** @throws HighwaterError `runs-differ` when the numbers of two runs say nothing about each other */
export function referencesFrom(earlier: RunFile, run: RunFile): References {
  const difference = differenceOf(earlier, run);
  if (difference !== undefined) throw errors.runsDiffer('compared', ...difference);
  return new Map(
    earlier.tests.map((test) => {
      const numbers: Partial<Record<RunMetric, Reference>> = {};
      for (const metric of RUN_METRICS) {
        const value = test.measured?.[metric];
        if (value !== undefined)
          numbers[metric] = { value, ...noiseOfTries(test, metric) };
      }
      return [recordKey(test), { test, numbers }] as const;
    }),
  );
}

/** Earlier runs that can be of use for a run: of its environment, and not itself. */
export function comparableRuns(
  earlier: readonly RunFile[],
  run: RunFile,
): readonly RunFile[] {
  return earlier.filter(
    (other) =>
      differenceOf(other, run) === undefined && other.startedAt !== run.startedAt,
  );
}

/**
 * The median of each test's last numbers, with 3 robust standard deviations (from the median absolute
 * deviation) as noise. A number that two earlier runs have reached is no news either: a window of two humps
 * has a small deviation and no small truth. One bad run moves neither. Tests are known by name, so it does
 * not matter how the runs were sharded.
 *
 * @param window how many of the newest values count
 */
export function referencesFromHistory(
  runs: readonly RunFile[],
  window = DEFAULT_WINDOW,
): References {
  const newestFirst = [...runs].sort((a, b) => (a.startedAt < b.startedAt ? 1 : -1));
  const histories: { readonly test: TestRecord; readonly records: TestRecord[] }[] = [];
  for (const { tests } of newestFirst) {
    // A test that failed may have stopped half-way.
    const whole = tests.filter(
      ({ measured, state }) => measured !== undefined && state === 'passed',
    );
    const { pairs, added } = pairTests([...histories], whole, SAME_FILE);
    for (const { before, test } of pairs) {
      if (before.records.length < window) before.records.push(test);
    }
    for (const test of added) histories.push({ test, records: [test] });
  }
  return new Map(
    histories.map(({ test, records }) => {
      const numbers: Partial<Record<RunMetric, Reference>> = {};
      for (const metric of RUN_METRICS) {
        const values = records.flatMap(({ measured }) => measured?.[metric] ?? []);
        if (values.length === 0) continue;
        const value = median(values);
        numbers[metric] = {
          value,
          ...largerNoise(noiseFrom(values), noiseOfTries(test, metric)),
        };
      }
      return [recordKey(test), { test, numbers }] as const;
    }),
  );
}

/** The values of the one, with the noise that the other knows of. */
export function withNoiseOf(values: References, history: References): References {
  const { pairs } = pairTests(
    [...history.values()],
    [...values.values()].map(({ test }) => test),
    SAME_FILE,
  );
  const known = new Map(pairs.map(({ before, test }) => [test, before.numbers]));
  return new Map(
    [...values].map(([key, { test, numbers }]) => {
      const noisy: Partial<Record<RunMetric, Reference>> = {};
      for (const metric of RUN_METRICS) {
        const reference = numbers[metric];
        if (reference === undefined) continue;
        const noise = known.get(test)?.[metric];
        noisy[metric] = {
          value: reference.value,
          ...(noise === undefined ? noiseIn(reference) : largerNoise(reference, noise)),
        };
      }
      return [key, { test, numbers: noisy }] as const;
    }),
  );
}

/** How far a number goes astray by itself. */
export type Noise = Pick<Reference, 'noise' | 'isNoiseKnown'>;

/** As the tries of the test in its run tell. */
export function noiseOfTries(
  { measured, earlierTries = [] }: TestRecord,
  metric: RunMetric,
): Noise {
  const values = [...earlierTries, measured ?? {}].flatMap(
    (numbers: Partial<TestNumbers>) => numbers[metric] ?? [],
  );
  // A first try is cold, so two say little, and yet more than one.
  const noise = values.length === 2 ? Math.max(...values) - Math.min(...values) : 0;
  return largerNoise(noiseFrom(values), { noise, isNoiseKnown: false });
}

export function largerNoise(one: Noise, other: Noise): Noise {
  return {
    noise: Math.max(one.noise, other.noise),
    isNoiseKnown: one.isNoiseKnown || other.isNoiseKnown,
  };
}

function noiseIn({ noise, isNoiseKnown }: Noise): Noise {
  return { noise, isNoiseKnown };
}

function noiseFrom(values: readonly number[]): Noise {
  return { noise: noiseOf(values), isNoiseKnown: values.length >= LEAST_RUNS };
}

/** Bytes above the median that are no news; 0 where too little is known. */
export function noiseOf(values: readonly number[]): number {
  if (values.length < LEAST_RUNS) return 0;
  const value = median(values);
  const deviation = median(values.map((one) => Math.abs(one - value)));
  const [, second = value] = [...values].sort((a, b) => b - a);
  return Math.max(DEVIATIONS * MAD_TO_SIGMA * deviation, second - value);
}
