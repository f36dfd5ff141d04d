import type { Alarms, Counts, DifferentCounts, Ratios, Used } from './figures.mjs';

type PlainRun = Used & { readonly counts: Counts };

/** The figures of one project, as `--json` writes them. */
export type Suite = Ratios & {
  readonly name: string;
  readonly runner: 'vitest' | 'jest';
  readonly node: string;
  readonly pairs: number;
  readonly counts: { readonly plain: Counts; readonly tracked: Counts };
  readonly differentCounts: DifferentCounts | undefined;
  /** Of the run that lost most; records too many count as well. */
  readonly lost: number;
  readonly claim: string;
  readonly gate: Alarms;
  readonly runs: {
    readonly plain: readonly PlainRun[];
    readonly tracked: readonly (PlainRun & {
      readonly records: number;
      readonly lost: number;
      readonly claim: string;
      readonly problems: readonly string[];
    })[];
  };
};

export function measureSuite(options: {
  readonly dir: string;
  readonly runner: 'vitest' | 'jest';
  readonly command: string;
  readonly config?: string;
  readonly packages?: string;
  readonly name: string;
  readonly pairs: number;
  readonly runs: number;
  readonly isAll?: boolean;
  readonly keep?: string;
  readonly log?: (line: string) => void;
}): Suite;
