// The frame around every measurement: one at a time, tier pinned, first call made to see
// whether the function is async, everything put back at the end.

import { errors, HighwaterError } from '../errors.js';
import { type Native, native } from '../native.js';
import { loadPackages } from '../on-demand.js';
import { pinBaselineTier } from '../tier.js';
import type { MeasuredFunction } from '../types.js';
import { asyncCaller, type Caller, syncCaller } from './caller.js';
import { type Clock, startClock } from './clock.js';
import { type Maybe, runSteps, type Steps, wait } from './flow.js';
import type { RunSettings } from './options.js';

/** What a measurement works with. */
export interface Run {
  readonly caller: Caller;
  readonly clock: Clock;
  readonly settings: RunSettings;
}

/**
 * Runs `body` with the function's caller: at once for a sync function, as a promise for one
 * whose first call returns a thenable.
 *
 * @param owner who measures, for errors: `'measure'`, `'toNotLeak'`
 * @throws HighwaterError `not-a-function`, `overlapping-measurement`, `missing-addon`,
 *   `function-threw`, `function-rejected`, `hook-failed`, `timeout`, `sampling-busy`
 */
export function runMeasured<T>(
  fn: unknown,
  owner: string,
  settings: RunSettings,
  body: (run: Run) => Steps<T>,
): Maybe<T> {
  if (typeof fn !== 'function') throw errors.notAFunction(fn, owner);
  const measured = fn as MeasuredFunction;
  loadPackages();
  const addon = native();
  if (!addon.acquire()) throw errors.overlappingMeasurement();
  const clock = startClock(settings.timeoutMs);
  let caller: Caller | undefined;
  let deadline: Deadline | undefined;
  function* measuring(): Steps<T> {
    try {
      if (settings.tier === 'baseline') pinBaselineTier(addon);
      yield* wait(callHook('setup', settings.setup));
      const { teardown } = settings;
      let result: T;
      try {
        caller = yield* callerAfterFirstCall(addon, measured);
        result = yield* body({ caller, clock, settings });
      } catch (error) {
        // What failed first says it best.
        yield* callQuietly('teardown', teardown);
        throw error;
      }
      yield* wait(callHook('teardown', teardown));
      return result;
    } finally {
      deadline?.clear();
      addon.release();
    }
  }
  return runSteps(measuring(), () => {
    const limit = new Deadline(settings, clock, () => caller?.callCount ?? 0);
    deadline = limit;
    return (step) => limit.within(step);
  });
}

/** Keeps no result: it would be held as long as the measurement lasts. */
function* callerAfterFirstCall(addon: Native, fn: MeasuredFunction): Steps<Caller> {
  const first = firstCall(fn);
  if (!isThenable(first)) return syncCaller(addon, fn);
  yield* wait(settleFirst(first));
  return asyncCaller(addon, fn);
}

function* callQuietly(...hook: Parameters<typeof callHook>): Steps<void> {
  try {
    yield* wait(callHook(...hook));
  } catch {
    // Somebody else's error is on its way.
  }
}

function callHook(
  name: 'setup' | 'teardown',
  hook: (() => unknown) | undefined,
): Maybe<void> {
  const failed = (cause: unknown): never => {
    throw errors.hookFailed(name, cause);
  };
  try {
    const done = hook?.();
    return isThenable(done) ? Promise.resolve(done).then(ignoreValue, failed) : undefined;
  } catch (cause) {
    return failed(cause);
  }
}

function ignoreValue(): void {
  // A hook's value means nothing.
}

function firstCall(fn: MeasuredFunction): unknown {
  try {
    return fn();
  } catch (cause) {
    // A measurement inside the measured function: its own error says it best.
    if (cause instanceof HighwaterError) throw cause;
    throw errors.functionThrew(cause, 1);
  }
}

async function settleFirst(first: PromiseLike<unknown>): Promise<void> {
  try {
    await first;
  } catch (cause) {
    if (cause instanceof HighwaterError) throw cause;
    throw errors.functionRejected(cause, 1);
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

// The real timers: test code may have replaced the global ones.
const { setTimeout: startTimer, clearTimeout: stopTimer } = globalThis;

/**
 * Fails the step that is under way when the time is over: an awaited call may never return.
 * A time that nobody asked for is no reason to fail while calls go on returning and steps go on
 * ending, on a busy machine for instance: it is then granted again.
 */
class Deadline {
  readonly #settings: RunSettings;
  readonly #clock: Clock;
  readonly #callCount: () => number;
  #timer: ReturnType<typeof startTimer>;
  #stepCount = 0;
  #progressBefore = -1;
  #failStep: ((error: Error) => void) | undefined;
  #over: Error | undefined;

  constructor(settings: RunSettings, clock: Clock, callCount: () => number) {
    this.#settings = settings;
    this.#clock = clock;
    this.#callCount = callCount;
    this.#timer = this.#start(settings.timeoutMs);
  }

  within<T>(step: Promise<T>): Promise<T> {
    this.#stepCount++;
    return new Promise<T>((resolve, reject) => {
      if (this.#over !== undefined) reject(this.#over);
      this.#failStep = reject;
      step.then(resolve, reject);
    });
  }

  clear(): void {
    this.#failStep = undefined;
    stopTimer(this.#timer);
  }

  #start(ms: number): ReturnType<typeof startTimer> {
    return startTimer(() => this.#onTime(), ms);
  }

  #onTime(): void {
    const calls = this.#callCount();
    // Others had the processor.
    const leftMs = this.#settings.timeoutMs - this.#clock.elapsedMs();
    if (leftMs > 1) {
      this.#timer = this.#start(leftMs);
      return;
    }
    const progress = calls + this.#stepCount;
    if (!this.#settings.isTimeoutGiven && progress > this.#progressBefore) {
      this.#progressBefore = progress;
      this.#timer = this.#start(this.#settings.timeoutMs);
      return;
    }
    this.#over = errors.timeout(this.#settings.timeoutMs, calls);
    this.#failStep?.(this.#over);
  }
}
