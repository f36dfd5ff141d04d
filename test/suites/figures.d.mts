export type Counts = {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failedFiles: number;
};

export type Used = {
  readonly cpuMs: number;
  readonly wallMs: number;
  /** Of the largest process. */
  readonly peakBytes: number;
};

export type Ratios = {
  readonly cpu: number;
  readonly wall: number;
  readonly peakBytes: { readonly plain: number; readonly tracked: number };
};

export type Verdict = {
  readonly exitCode: number | null;
  /** Of `highwater gate --json`. */
  readonly verdict?: {
    readonly findings: readonly {
      /** Absent where a file as a whole is judged. */
      readonly test?: string;
      readonly file?: string;
      readonly isFailure: boolean;
      readonly text: string | readonly string[];
    }[];
  };
  readonly error?: string;
};

export type Alarms = {
  readonly judged: number;
  readonly alarms: number;
  readonly findings: readonly string[];
};

export type DifferentCounts = {
  readonly without: readonly string[];
  readonly withIt: readonly string[];
};

type Run = { readonly tests: readonly { readonly state: string }[] };

export function countsOf(results: {
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}): Counts;
export function recordsOf(run: Run): number;
export function recordsLost(counts: Counts, run: Run): number;
export function claimOf(output: string): string;
export function ratiosOf(plain: readonly Used[], tracked: readonly Used[]): Ratios;
export function pairsToJudge(
  count: number,
  isAll: boolean,
): readonly (readonly [number, number])[];
export function alarmsOf(verdicts: readonly Verdict[]): Alarms;
export function differentCounts(
  plain: readonly Counts[],
  tracked: readonly Counts[],
): DifferentCounts | undefined;
