// Which compiler the measured code runs on.
//
// The same function costs 56,000 B interpreted, 40,000 B optimised and nothing after
// escape analysis, and V8 changes over when it likes. A number that is to be the same
// tomorrow is measured where V8 takes no liberties: on the baseline tier.

import { Session } from 'node:inspector';
import type { Native } from './native.js';

let coverageRuns = false;

/**
 * Says that the runner collects V8 coverage: throwing optimised code away must then
 * leave coverage running, or its counts would be lost.
 */
export function keepPreciseCoverage(): void {
  coverageRuns = true;
}

/** Keeps V8 from optimising, and throws away what it has optimised so far. */
export function pinBaselineTier(addon: Native): void {
  addon.pinTier();
  deoptimizeAll();
}

// Starting precise coverage makes V8 drop all optimised code, because only code that is
// not optimised counts its calls (v8/src/debug/debug-coverage.cc, SelectMode).
function deoptimizeAll(): void {
  const session = new Session();
  session.connect();
  session.post('Profiler.enable');
  // The mode that NODE_V8_COVERAGE and the runners use: starting it once more changes nothing for them.
  session.post('Profiler.startPreciseCoverage', {
    callCount: true,
    detailed: coverageIsKept(),
  });
  if (!coverageIsKept()) {
    session.post('Profiler.stopPreciseCoverage');
    session.post('Profiler.disable');
  }
  session.disconnect();
}

function coverageIsKept(): boolean {
  return coverageRuns || (process.env.NODE_V8_COVERAGE ?? '') !== '';
}
