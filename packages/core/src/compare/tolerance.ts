// How much a number may change. docs/baselines.md shows what these defaults were measured by.

import { parseBytes } from '../bytes.js';
import { errors } from '../errors.js';
import type {
  BaselineLedger,
  BaselineMetric,
  BaselineRecord,
  Tolerance,
} from '../types.js';

/** A tolerance for every number. */
export type Tolerances = Readonly<Record<BaselineLedger, LedgerTolerances>>;
type LedgerTolerances = Readonly<Record<BaselineMetric, Tolerance>>;

/** What a function does: return, await promises, or wait for the event loop. */
type Kind = 'sync' | 'async' | 'waiting';

/** A percentage (`'2%'`), a size (`'4kB'`), or a number of bytes or objects. */
export type ToleranceValue = string | number;

/** One for all metrics, or one for each. */
export type ToleranceOption =
  | ToleranceValue
  | Partial<Readonly<Record<BaselineMetric, ToleranceValue>>>;

export const BASELINE_METRICS: readonly BaselineMetric[] = [
  'allocatedBytes',
  'allocatedCount',
  'peakBytes',
  'retainedBytes',
];

// The same code costs the same bytes, but for a page's end or a table that grows. A peak is found by looking at
// some places, and a look can be wrong by V8's pages of 256 kB: only a large change of it is a change.
const PEAK: Tolerance = { relative: 0.5, absolute: 512_000 };
// Sockets and timers of other calls come and go between the rounds.
const ASYNC_RETAINED: Tolerance = { relative: 0.01, absolute: 2_000 };
const HEAP: Readonly<Record<Kind, LedgerTolerances>> = {
  sync: {
    allocatedBytes: { relative: 0.01, absolute: 128 },
    // Where objects have more shapes than V8's inline caches have places, it makes notes anew, more or less often by
    // the addresses of the process: as objects of graphql, up to 1 %.
    allocatedCount: { relative: 0.002, absolute: 0.5, unsteady: 0.015 },
    peakBytes: PEAK,
    retainedBytes: { relative: 0.01, absolute: 8 },
  },
  async: {
    allocatedBytes: { relative: 0.01, absolute: 128 },
    allocatedCount: { relative: 0.005, absolute: 2 },
    peakBytes: PEAK,
    retainedBytes: ASYNC_RETAINED,
  },
  // Timers, events and sockets make more or fewer objects by what the process did before, and by when they answer; in a
  // world of its own (Jest, vm pools) a function that awaits promises of Node makes a few more of each.
  waiting: {
    allocatedBytes: { relative: 0.1, absolute: 1_000 },
    allocatedCount: { relative: 0.1, absolute: 24 },
    peakBytes: PEAK,
    retainedBytes: ASYNC_RETAINED,
  },
};

// A slab of Node's Buffer pool falls into one call or the next, and V8 asks for tables of its own now and
// then. A store is freed some time after the collection of its ArrayBuffer.
const NATIVE: LedgerTolerances = {
  allocatedBytes: { relative: 0.05, absolute: 64_000 },
  allocatedCount: { relative: 0.05, absolute: 50 },
  peakBytes: { relative: 0.25, absolute: 128_000 },
  retainedBytes: { relative: 0.05, absolute: 64_000 },
};

/** Of what a measurement or a record says of its function. */
export function kindOf(about: Pick<BaselineRecord, 'kind' | 'waits'>): Kind {
  return about.waits ? 'waiting' : about.kind;
}

/**
 * The tolerances for functions of a kind, with what the user wrote in their place. A percentage
 * replaces the share and keeps the floor, but `'0%'`, which means no tolerance; a size replaces both.
 *
 * @throws HighwaterError `invalid-option`
 */
export function tolerancesFor(
  kind: Kind,
  option: ToleranceOption | undefined,
): Tolerances {
  if (typeof option === 'object' && option !== null) checkNames(option);
  const of = (defaults: LedgerTolerances): LedgerTolerances => ({
    allocatedBytes: chosen('allocatedBytes', defaults, option),
    allocatedCount: chosen('allocatedCount', defaults, option),
    peakBytes: chosen('peakBytes', defaults, option),
    retainedBytes: chosen('retainedBytes', defaults, option),
  });
  return { heap: of(HEAP[kind]), native: of(NATIVE) };
}

function checkNames(option: object): void {
  for (const name of Object.keys(option)) {
    if (!BASELINE_METRICS.includes(name as BaselineMetric)) {
      throw errors.unknownOption(name, 'tolerance', BASELINE_METRICS);
    }
  }
}

function chosen(
  metric: BaselineMetric,
  defaults: LedgerTolerances,
  option: ToleranceOption | undefined,
): Tolerance {
  if (option === undefined) return defaults[metric];
  if (typeof option === 'object' && option !== null) {
    const value = option[metric];
    return value === undefined
      ? defaults[metric]
      : parseTolerance(value, defaults[metric], ` for ${metric}`);
  }
  const parsed = parseTolerance(option, defaults[metric], '');
  // A size says nothing about objects.
  return metric === 'allocatedCount' && !isPercentage(option) ? defaults[metric] : parsed;
}

const PERCENTAGE = /^\s*(\d+(?:\.\d+)?)\s*%\s*$/;

function isPercentage(value: ToleranceValue): boolean {
  return typeof value === 'string' && PERCENTAGE.test(value);
}

/**
 * A percentage replaces the share of the defaults and keeps their floor, but `'0%'`; a size replaces both.
 *
 * @param what for the error: `' for allocatedBytes'`
 * @throws HighwaterError `invalid-option`
 */
export function parseTolerance(
  value: ToleranceValue,
  defaults: Tolerance,
  what: string,
): Tolerance {
  const percentage = typeof value === 'string' ? PERCENTAGE.exec(value)?.[1] : undefined;
  if (percentage !== undefined) {
    const relative = Number(percentage) / 100;
    return { relative, absolute: relative === 0 ? 0 : defaults.absolute };
  }
  // Counts per call can be fractions.
  if (typeof value === 'number' && Number.isFinite(value) && value >= 0) {
    return { relative: 0, absolute: value };
  }
  if (typeof value !== 'string') throw errors.invalidTolerance(value, what);
  try {
    return { relative: 0, absolute: parseBytes(value, 'the tolerance') };
  } catch {
    throw errors.invalidTolerance(value, what);
  }
}
