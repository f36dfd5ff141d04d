// What the user wrote, checked and completed.

import { errors } from '../errors.js';
import type { LedgerName, MeasureOptions, RunOptions, Tier } from '../types.js';

// Below the 5 s after which runners give up on a test.
const DEFAULT_TIMEOUT_MS = 4_000;
const DEFAULT_ROUNDS = 5;

/** {@link RunOptions}, complete; `undefined` is "choose for me". */
export interface RunSettings {
  readonly warmup: number | undefined;
  readonly iterations: number | undefined;
  readonly rounds: number;
  readonly ignore: NonNullable<RunOptions['ignore']>;
  readonly internals: boolean;
  readonly native: boolean;
  readonly setup: (() => unknown) | undefined;
  readonly teardown: (() => unknown) | undefined;
  readonly timeoutMs: number;
  /** The user asked for it: it is then a bound, and otherwise an aim. */
  readonly isTimeoutGiven: boolean;
  readonly tier: Tier;
}

/** {@link MeasureOptions}, complete. */
export interface MeasureSettings extends RunSettings {
  readonly ledger: LedgerName;
  readonly callsites: boolean;
}

const RUN_OPTIONS = [
  'warmup',
  'iterations',
  'rounds',
  'ignore',
  'internals',
  'native',
  'setup',
  'teardown',
  'timeoutMs',
] as const;
const MEASURE_OPTIONS = [...RUN_OPTIONS, 'tier', 'ledger', 'callsites'] as const;

/**
 * @param owner who takes the options, for the error: `'toAllocateLessThan'`
 * @param extra options the owner knows beside {@link MeasureOptions}
 * @throws HighwaterError `invalid-option`
 */
export function measureSettings(
  options: MeasureOptions | undefined,
  owner: string,
  extra: readonly string[] = [],
): MeasureSettings {
  const given = known(options, owner, [...MEASURE_OPTIONS, ...extra]) as MeasureOptions;
  return {
    ...runSettingsOf(given),
    tier: oneOf('tier', given.tier, ['baseline', 'optimized'], 'baseline'),
    ledger: oneOf('ledger', given.ledger, ['heap', 'native', 'total'], 'total'),
    callsites: boolean('callsites', given.callsites, true),
  };
}

/**
 * @param extra options the owner knows beside {@link RunOptions}
 * @throws HighwaterError `invalid-option`
 */
export function runSettings(
  options: RunOptions | undefined,
  owner: string,
  extra: readonly string[] = [],
): RunSettings {
  return runSettingsOf(known(options, owner, [...RUN_OPTIONS, ...extra]));
}

function runSettingsOf(given: RunOptions): RunSettings {
  return {
    warmup: optionalCount('warmup', given.warmup, 0),
    iterations: optionalCount('iterations', given.iterations, 1),
    rounds: optionalCount('rounds', given.rounds, 1) ?? DEFAULT_ROUNDS,
    ignore: rules(given.ignore),
    internals: boolean('internals', given.internals, false),
    native: boolean('native', given.native, false),
    setup: hook('setup', given.setup),
    teardown: hook('teardown', given.teardown),
    timeoutMs: duration('timeoutMs', given.timeoutMs, DEFAULT_TIMEOUT_MS),
    isTimeoutGiven: given.timeoutMs !== undefined,
    tier: 'baseline',
  };
}

function known<T extends object>(
  options: T | undefined,
  owner: string,
  names: readonly string[],
): Partial<T> {
  if (options === undefined) return {};
  if (typeof options !== 'object' || options === null || Array.isArray(options)) {
    throw errors.invalidOptions(options, owner);
  }
  for (const name of Object.keys(options)) {
    if (!names.includes(name)) throw errors.unknownOption(name, owner, names);
  }
  return options;
}

function optionalCount(
  name: string,
  value: number | undefined,
  least: 0 | 1,
): number | undefined {
  if (value === undefined) return undefined;
  if (!Number.isSafeInteger(value) || value < least) {
    throw errors.invalidOption(
      name,
      value,
      least === 0 ? 'a whole number, 0 or more' : 'a whole number, 1 or more',
    );
  }
  return value;
}

function duration(name: string, value: number | undefined, otherwise: number): number {
  if (value === undefined) return otherwise;
  if (typeof value !== 'number' || !Number.isFinite(value) || value <= 0) {
    throw errors.invalidOption(name, value, 'a number of milliseconds above 0');
  }
  return value;
}

function hook(
  name: string,
  value: (() => unknown) | undefined,
): (() => unknown) | undefined {
  if (value !== undefined && typeof value !== 'function') {
    throw errors.invalidOption(name, value, 'a function');
  }
  return value;
}

function boolean(name: string, value: boolean | undefined, otherwise: boolean): boolean {
  if (value === undefined) return otherwise;
  if (typeof value !== 'boolean') {
    throw errors.invalidOption(name, value, 'true or false');
  }
  return value;
}

function oneOf<T extends string>(
  name: string,
  value: T | undefined,
  values: readonly T[],
  otherwise: T,
): T {
  if (value === undefined) return otherwise;
  if (!values.includes(value)) {
    throw errors.invalidOption(name, value, values.map((v) => `'${v}'`).join(' or '));
  }
  return value;
}

function rules(value: RunOptions['ignore']): NonNullable<RunOptions['ignore']> {
  if (value === undefined) return [];
  const isRule = (rule: unknown): boolean =>
    typeof rule === 'string' ||
    typeof rule === 'function' ||
    Object.prototype.toString.call(rule) === '[object RegExp]';
  if (!Array.isArray(value) || !value.every(isRule)) {
    throw errors.invalidOption(
      'ignore',
      value,
      'a list of strings, RegExps or functions',
    );
  }
  return value;
}
