import type { kindOf } from '../../packages/core/src/compare/tolerance.js';
import type {
  BaselineRecord,
  Comparison,
  MetricChange,
} from '../../packages/core/src/types.js';
import type { Records } from './records.mjs';

/** One run of the project. */
export interface LabRun {
  readonly how: string;
  readonly records: Records;
}

export type Judge = (baseline: BaselineRecord, now: BaselineRecord) => Comparison;

/** Bundled from the packages' own code. */
export function loadJudge(): Promise<{
  readonly judge: Judge;
  readonly kindOf: typeof kindOf;
}>;
export function falseAlarms(
  judge: Judge,
  runs: readonly LabRun[],
): {
  readonly compared: number;
  readonly alarms: readonly (MetricChange & {
    readonly name: string;
    readonly from: string;
    readonly to: string;
  })[];
};
