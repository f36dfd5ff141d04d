// Rounds of calls, with something read after each once it has settled.

import { type Steps, wait } from '../measure/flow.js';
import type { Run } from '../measure/run.js';

/** One more than rounds: the first is read before them. */
export function* readRounds<T>(
  { caller }: Run,
  lengths: readonly number[],
  read: () => T,
): Steps<readonly T[]> {
  yield* wait(caller.settle());
  const readings = [read()];
  for (const calls of lengths) {
    yield* wait(caller.call(calls));
    yield* wait(caller.settle());
    readings.push(read());
  }
  return readings;
}
