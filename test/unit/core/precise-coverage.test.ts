// Whether somebody counts calls, told amid everything else that changes the heap's size.

import { Session } from 'node:inspector';
import { describe, expect, it } from 'vitest';
import { isPreciseCoverageOn } from '../../../packages/core/src/precise-coverage.js';

/** Garbage, what lives on, and a collection every now and then. */
function* busyHeap(rounds: number): Generator<number> {
  const kept: object[] = [];
  for (let round = 0; round < rounds; round++) {
    for (let i = 0; i < 300_000; i++) {
      const made = { i, list: [i] };
      if (i % 7 === 0) kept.push(made);
    }
    if (round % 5 === 0) kept.length = 0;
    yield round;
  }
}

describe('isPreciseCoverageOn', () => {
  it('is false where nobody counts', () => {
    const answers = Array.from(busyHeap(60), () => isPreciseCoverageOn());
    expect(answers).not.toContain(true);
  });

  it('is true where somebody does', () => {
    const session = new Session();
    session.connect();
    session.post('Profiler.enable');
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false });
    const answers = Array.from(busyHeap(20), () => isPreciseCoverageOn());
    session.post('Profiler.stopPreciseCoverage');
    session.disconnect();
    expect(answers).not.toContain(false);
  });
});
