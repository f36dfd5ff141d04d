// The frame around every measurement: one at a time, tier pinned, first call made to see
// whether the function is async, everything put back at the end.

import { errors, HighwaterError } from '../errors.js';
import { type Native, native } from '../native.js';
import { pinBaselineTier } from '../tier.js';
import type { MeasuredFunction } from '../types.js';
import { asyncCaller, type Caller, syncCaller } from './caller.js';
import { type Clock, startClock } from './clock.js';
import { type Maybe, runAsync, runSync, type Steps } from './flow.js';
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
 *   `function-threw`, `function-rejected`, `timeout`, `sampling-busy`
 */
export function runMeasured<T>(
  fn: unknown,
  owner: string,
  settings: RunSettings,
  body: (run: Run) => Steps<T>,
): Maybe<T> {
  if (typeof fn !== 'function') throw errors.notAFunction(fn, owner);
  const measured = fn as MeasuredFunction;
  const addon = native();
  if (!addon.acquire()) throw errors.overlappingMeasurement();
  const clock = startClock(settings.timeoutMs);
  let goesOn = false;
  try {
    if (settings.tier === 'baseline') pinBaselineTier(addon);
    const first = firstCall(measured);
    if (!isThenable(first)) {
      return runSync(body({ caller: syncCaller(addon, measured), clock, settings }));
    }
    goesOn = true;
    return runAwaited(addon, measured, first, clock, settings, body);
  } finally {
    if (!goesOn) addon.release();
  }
}

async function runAwaited<T>(
  addon: Native,
  fn: MeasuredFunction,
  first: PromiseLike<unknown>,
  clock: Clock,
  settings: RunSettings,
  body: (run: Run) => Steps<T>,
): Promise<T> {
  const caller = asyncCaller(addon, fn);
  const deadline = new Deadline(settings, () => caller.callCount);
  try {
    await deadline.within(settleFirst(first));
    return await runAsync(body({ caller, clock, settings }), (step) =>
      deadline.within(step),
    );
  } finally {
    deadline.clear();
    addon.release();
  }
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
 * A time that nobody asked for is no reason to fail while calls go on returning, on a busy
 * machine for instance: it is then granted again.
 */
class Deadline {
  readonly #settings: RunSettings;
  readonly #callCount: () => number;
  #timer: ReturnType<typeof startTimer>;
  #callsBefore = -1;
  #failStep: ((error: Error) => void) | undefined;
  #over: Error | undefined;

  constructor(settings: RunSettings, callCount: () => number) {
    this.#settings = settings;
    this.#callCount = callCount;
    this.#timer = this.#start();
  }

  within<T>(step: Maybe<T>): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (this.#over !== undefined) reject(this.#over);
      this.#failStep = reject;
      Promise.resolve(step).then(resolve, reject);
    });
  }

  clear(): void {
    this.#failStep = undefined;
    stopTimer(this.#timer);
  }

  #start(): ReturnType<typeof startTimer> {
    return startTimer(() => this.#onTime(), this.#settings.timeoutMs);
  }

  #onTime(): void {
    const calls = this.#callCount();
    if (!this.#settings.isTimeoutGiven && calls > this.#callsBefore) {
      this.#callsBefore = calls;
      this.#timer = this.#start();
      return;
    }
    this.#over = errors.timeout(this.#settings.timeoutMs, calls);
    this.#failStep?.(this.#over);
  }
}
