// Which compiler the measured code runs on.
//
// The same function costs 56,000 B interpreted, 40,000 B optimised and nothing after
// escape analysis, and V8 changes over when it likes. A number that is to be the same
// tomorrow is measured where V8 takes no liberties: on the baseline tier.

import { Session } from 'node:inspector';
import type { Native } from './native.js';
import { isPreciseCoverageOn } from './precise-coverage.js';

let coverageWasOn: boolean | undefined;

/** Keeps V8 from optimising, and throws away what it has optimised so far. */
export function pinBaselineTier(addon: Native): void {
  addon.pinTier();
  // Under somebody's coverage this would lose their counts. What was optimised before the
  // measurement then stays so: numbers are to be taken without coverage.
  coverageWasOn ??= isPreciseCoverageOn();
  if (!coverageWasOn) deoptimizeAll();
}

// Starting precise coverage makes V8 drop all optimised code, because only code that is
// not optimised counts its calls (v8/src/debug/debug-coverage.cc, SelectMode).
function deoptimizeAll(): void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
  session.post('Profiler.stopPreciseCoverage');
  session.disconnect();
}
