// What a user can decide about baselines, checked and completed.

import {
  BASELINE_METRICS,
  type ToleranceOption,
  tolerancesFor,
} from '../compare/tolerance.js';
import { errors } from '../errors.js';
import type { BaselineMetric } from '../types.js';
import type { UpdateMode, UpdatePolicy } from './session.js';

/** What holds for all baselines unless a call says otherwise. */
export interface BaselineDefaults {
  /**
   * Allowed change: `'2%'`, `'4kB'`, or one for each metric, such as
   * `{ allocatedBytes: '2%', allocatedCount: 5 }`. Measured noise is always allowed.
   */
  readonly tolerance?: ToleranceOption;
  /** The numbers to record and compare. Default: all of them. */
  readonly metrics?: readonly BaselineMetric[];
  /** In CI, an entry that only other environments have recorded. Default: `'fail'`. */
  readonly missingEnvironment?: 'fail' | 'warn';
  /** Improvements are recorded without `-u`, but never in CI. Default: false. */
  readonly ratchet?: boolean;
}

/** Options of one call, beside those of the measurement. */
export interface BaselineOptions extends BaselineDefaults {
  /** Tells several baselines of one test apart. */
  readonly name?: string;
}

/** {@link BaselineOptions}, complete. */
export interface BaselineSettings {
  readonly name: string;
  readonly tolerance: ToleranceOption | undefined;
  readonly metrics: readonly BaselineMetric[];
  /** Metrics that were asked for by name. */
  readonly required: readonly BaselineMetric[];
  readonly policy: UpdatePolicy;
}

const DEFAULT_NAMES = ['tolerance', 'metrics', 'missingEnvironment', 'ratchet'] as const;
export const BASELINE_OPTION_NAMES = [...DEFAULT_NAMES, 'name'] as const;

/** @throws HighwaterError `invalid-option` */
export function baselineSettings(
  options: BaselineOptions,
  defaults: BaselineDefaults = {},
): BaselineSettings {
  const { name = '' } = options;
  if (typeof name !== 'string') throw errors.invalidOption('name', name, 'a string');
  const tolerance = options.tolerance ?? defaults.tolerance;
  // What is wrong is to be said before anything is measured.
  tolerancesFor('sync', tolerance);
  const asked = options.metrics ?? defaults.metrics;
  const metrics = asked === undefined ? BASELINE_METRICS : checkedMetrics(asked);
  const missingEnvironment =
    options.missingEnvironment ?? defaults.missingEnvironment ?? 'fail';
  if (missingEnvironment !== 'fail' && missingEnvironment !== 'warn') {
    throw errors.invalidOption(
      'missingEnvironment',
      missingEnvironment,
      "'fail' or 'warn'",
    );
  }
  const ratchet = options.ratchet ?? defaults.ratchet ?? false;
  if (typeof ratchet !== 'boolean') {
    throw errors.invalidOption('ratchet', ratchet, 'true or false');
  }
  return {
    name,
    tolerance,
    metrics,
    required: asked === undefined ? [] : metrics,
    policy: { missingEnvironment, ratchet },
  };
}

/** @throws HighwaterError `invalid-option` */
export function checkDefaults(defaults: unknown, owner: string): BaselineDefaults {
  if (typeof defaults !== 'object' || defaults === null || Array.isArray(defaults)) {
    throw errors.invalidOptions(defaults, owner);
  }
  for (const name of Object.keys(defaults)) {
    if (!DEFAULT_NAMES.some((known) => known === name)) {
      throw errors.unknownOption(name, owner, DEFAULT_NAMES);
    }
  }
  baselineSettings(defaults);
  return defaults;
}

/** What the runner's snapshots are to do, and with them the baselines: `-u`, plain, `--ci`. */
export function updateModeOf(snapshotState: unknown, env: NodeJS.ProcessEnv): UpdateMode {
  const { snapshotUpdateState, _updateSnapshot } = (snapshotState ?? {}) as {
    // Vitest from 4.1 on; Vitest before it, and Jest.
    readonly snapshotUpdateState?: unknown;
    readonly _updateSnapshot?: unknown;
  };
  const mode = snapshotUpdateState ?? _updateSnapshot;
  if (mode === 'all' || mode === 'new' || mode === 'none') return mode;
  return ['', '0', 'false', undefined].includes(env.CI) ? 'new' : 'none';
}

function checkedMetrics(metrics: unknown): readonly BaselineMetric[] {
  const isMetric = (name: unknown): boolean =>
    BASELINE_METRICS.some((metric) => metric === name);
  if (!Array.isArray(metrics) || metrics.length === 0 || !metrics.every(isMetric)) {
    const names = BASELINE_METRICS.map((metric) => `'${metric}'`).join(', ');
    throw errors.invalidOption('metrics', metrics, `a list of ${names}`);
  }
  return BASELINE_METRICS.filter((metric) => metrics.includes(metric));
}
