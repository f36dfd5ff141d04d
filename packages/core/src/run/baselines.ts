// What a run file keeps of what toMatchMemoryBaseline said.

import { currentSession } from '../baseline/current.js';
import type { JudgedEntry, Outcome } from '../baseline/session.js';
import type { BaselineOutcome } from './types.js';

/**
 * Of the test under way, or of the one that ended last; to be asked for before the next test starts and
 * before the file ends.
 */
export function baselineOutcomes(): readonly BaselineOutcome[] {
  return (currentSession()?.outcomes ?? []).map(outcomeOf);
}

function outcomeOf({ key, outcome }: JudgedEntry): BaselineOutcome {
  const comparison = 'comparison' in outcome ? outcome.comparison : undefined;
  return {
    entry: key,
    verdict: VERDICTS[outcome.kind],
    metrics: (comparison?.metrics ?? []).map(
      ({ ledger, metric, baseline, now, allowed, verdict }) => ({
        ledger,
        metric,
        baseline: baseline.value,
        now: now.value,
        allowed,
        verdict,
      }),
    ),
  };
}

const VERDICTS: Readonly<Record<Outcome['kind'], BaselineOutcome['verdict']>> = {
  equal: 'equal',
  improved: 'improved',
  regressed: 'regressed',
  written: 'recorded',
  updated: 'recorded',
  missing: 'missing',
  // A record of another tier or version answers nothing.
  incomparable: 'missing',
};
