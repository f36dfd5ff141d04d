// Looks at what survived, until one of them can be believed: a second one after more calls where the
// survivors do not add up, and another after some time where a timer may clear them.

import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import { sum } from '../stats.js';
import { type Aged, ageOnce } from './age.js';
import { type SurvivorOptions, type Survivors, takeSurvivors } from './survivors.js';
import { isCleared, MOST_WAITS, passTime } from './timers.js';
import type { Stopwatch } from './timings.js';

/** What the last look saw. */
export interface Looks {
  /** With the calls of a second look. */
  readonly seen: Aged;
  readonly survivors: Survivors;
  /** Between the first look and the second. */
  readonly calls: number;
}

export function* looks(
  run: Run,
  aged: Aged,
  options: SurvivorOptions,
  watch: Stopwatch,
): Steps<Looks> {
  const look: Look = (seen, more) =>
    watch.time('snapshotMs', () => takeSurvivors(run, seen, { ...options, ...more }));
  const pass = (): Steps<void> => watch.timing('plainMs', passTime(run));

  const first = look(aged, { mayWait: true });
  const { doubtful } = first;
  if (doubtful === undefined) {
    const survivors = yield* waitForTimers(first, (more) => look(aged, more), pass);
    return { seen: aged, survivors, calls: 0 };
  }
  const seen = yield* watch.timing('plainMs', ageOnce(run, aged));
  const earlier = { counts: doubtful, calls: sum(aged.ageLengths) };
  const second = look(seen, { earlier, mayWait: true });
  const survivors = yield* waitForTimers(
    second,
    (more) => look(seen, { ...more, earlier }),
    pass,
  );
  return { seen, survivors, calls: sum(aged.lengths) };
}

type Look = (seen: Aged, more: SurvivorOptions) => Survivors;

/** As long as there are timers to wait for; the last look is for good. */
function* waitForTimers(
  first: Survivors,
  lookAgain: (more: SurvivorOptions) => Survivors,
  pass: () => Steps<void>,
): Steps<Survivors> {
  let survivors = first;
  for (let waits = 1; survivors.isOnTimer === true; waits++) {
    yield* pass();
    survivors = lookAgain({ mayWait: waits < MOST_WAITS && { since: first.amount } });
  }
  // What was cleared explains the growth that was read before.
  const isGone = survivors !== first && isCleared(survivors.amount, first.amount);
  return isGone ? { ...survivors, hasOthers: true } : survivors;
}
