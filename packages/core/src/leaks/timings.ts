// Where the time of a verdict goes.

import type { Steps } from '../measure/flow.js';
import type { LeakTimings } from '../types.js';

export class Stopwatch {
  readonly #ms = { warmUpMs: 0, plainMs: 0, sampledMs: 0, snapshotMs: 0 };

  /** So far. */
  get timings(): LeakTimings {
    return { ...this.#ms };
  }

  time<T>(phase: keyof LeakTimings, work: () => T): T {
    const start = performance.now();
    try {
      return work();
    } finally {
      this.#ms[phase] += performance.now() - start;
    }
  }

  /** Waiting for awaited steps included. */
  *timing<T>(phase: keyof LeakTimings, steps: Steps<T>): Steps<T> {
    const start = performance.now();
    try {
      return yield* steps;
    } finally {
      this.#ms[phase] += performance.now() - start;
    }
  }
}
