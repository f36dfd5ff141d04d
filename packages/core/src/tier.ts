// Which compiler the measured code runs on.
//
// The same function costs 56,000 B interpreted, 40,000 B optimised and nothing after
// escape analysis, and V8 changes over when it likes. A number that is to be the same
// tomorrow is measured where V8 takes no liberties: on the baseline tier.

import { Session } from 'node:inspector';
import type { Native } from './native.js';
import { isPreciseCoverageOn } from './precise-coverage.js';

/** Connected under coverage, for good: see {@link deoptimizeAll}. */
let heldSession: Session | undefined;
let coverageWasOn: boolean | undefined;

/** Keeps V8 from optimising, and throws away what it has optimised so far. */
export function pinBaselineTier(addon: Native): void {
  addon.pinTier();
  deoptimizeAll();
}

// Starting precise coverage makes V8 drop all optimised code, because only code that is
// not optimised counts its calls (v8/src/debug/debug-coverage.cc, SelectMode).
//
// Stopping it, or disconnecting the session that started it, would end everybody's
// coverage and lose the counts of a `--coverage` run. So there it is started once more,
// in the mode that runners and NODE_V8_COVERAGE use, and never stopped.
function deoptimizeAll(): void {
  coverageWasOn ??= isPreciseCoverageOn();
  const session = heldSession ?? new Session();
  if (session !== heldSession) {
    session.connect();
    session.post('Profiler.enable');
  }
  session.post('Profiler.startPreciseCoverage', {
    callCount: true,
    detailed: coverageWasOn,
  });
  if (coverageWasOn) {
    heldSession = session;
  } else {
    session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
  }
}
