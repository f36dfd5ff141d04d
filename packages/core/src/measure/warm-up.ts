// Calling until a call costs what the call before it cost.

import { type Steps, wait } from './flow.js';
import type { Run } from './run.js';

// V8 shrinks a class's instances after 8 constructions and allocates feedback after a few
// calls; fewer than this would measure that.
const FEWEST_CALLS = 10;
const MOST_CALLS = 60;
const STEADY_CALLS = 3;
/** Cost may still wobble by this much: a hash table that grows, a page's end. */
const STEADY_SHARE = 0.01;
const STEADY_BYTES = 64;
/** Of the whole time. A function that is slow is warm sooner than steady. */
const TIME_SHARE = 0.15;
/** Long enough for TurboFan on a loop of small calls. */
const OPTIMIZE_CALLS = 5_000;
const OPTIMIZE_TIME_SHARE = 0.1;

/** What warming up has shown. */
export interface WarmUp {
  /** Calls made, the very first one included. */
  readonly calls: number;
  /**
   * Bytes of a call, harness included: the most that one of the last calls was seen to take,
   * because a collection inside a window can make its reading too small.
   */
  readonly bytesPerCall: number;
  readonly msPerCall: number;
}

/** Makes `settings.warmup` calls, or as many as it takes. */
export function* warmUp(run: Run): Steps<WarmUp> {
  const { caller, clock, settings } = run;
  const costs: number[] = [];
  let calls = 1;
  if (settings.warmup !== undefined) {
    // The last one is made below.
    const rest = Math.max(0, settings.warmup - calls - 1);
    yield* wait(caller.call(rest));
    calls += rest;
  } else if (settings.tier === 'optimized') {
    while (calls < OPTIMIZE_CALLS && !clock.isPast(OPTIMIZE_TIME_SHARE)) {
      yield* wait(caller.call(10));
      calls += 10;
    }
  } else {
    while (calls < FEWEST_CALLS && !clock.isPast(TIME_SHARE)) {
      yield* wait(caller.call(1));
      calls++;
    }
    while (!isSteady(costs) && calls < MOST_CALLS && !clock.isPast(TIME_SHARE)) {
      costs.push((yield* wait(caller.callInByteWindow(1))).allocatedBytes);
      calls++;
    }
  }
  const start = performance.now();
  const { allocatedBytes } = yield* wait(caller.callInByteWindow(1));
  return {
    calls: calls + 1,
    bytesPerCall: Math.max(allocatedBytes, ...costs.slice(-STEADY_CALLS)),
    msPerCall: performance.now() - start,
  };
}

function isSteady(costs: readonly number[]): boolean {
  const last = costs.slice(-STEADY_CALLS);
  if (last.length < STEADY_CALLS) return false;
  const most = Math.max(...last);
  return most - Math.min(...last) <= Math.max(STEADY_BYTES, most * STEADY_SHARE);
}
