import type { Run } from './cases.mjs';
import type { Verdict } from './verdict.mjs';

export type Judged = Pick<Run, 'expected'> & { readonly verdict: Verdict };

export type Result = Judged &
  Pick<Run, 'case' | 'which' | 'culprit'> & {
    readonly verdictMs?: number;
    readonly calls?: number;
    /** Before and after the verdict, which leaves the function warmer but a leak's heap larger. */
    readonly plainCallMs?: number;
    readonly warmCallMs?: number;
    readonly culpritNamed: boolean | null;
  };

export interface Summary {
  readonly cases: number;
  readonly runs: number;
  readonly wrong: number;
  readonly errors: number;
  readonly recall: number | null;
  readonly leaky: number;
  readonly leaksFound: number;
  readonly falsePositives: number;
  readonly notLeaky: number;
  readonly undecided: number;
  readonly undecidedNotLeaky: number;
  readonly culpritNamed: number | null;
  readonly culpritsNamed: number;
  readonly culpritsAsked: number;
  readonly medianMs: number | null;
  readonly p95Ms: number | null;
  readonly ownMedianMs: number | null;
  readonly ownP95Ms: number | null;
  readonly unstable: readonly {
    readonly name: string;
    readonly verdicts: readonly Verdict[];
  }[];
}

export function isRight(result: Judged): boolean;
export function summarize(results: readonly Result[]): Summary;
