// Limits of a single test, written where the test is: with or without tracking.

import { blameCaller } from '../awaited.js';
import { judgeLeak } from '../budget.js';
import { errors } from '../errors.js';
import { formatLeak } from '../format/leak-text.js';
import { leakSettings, observeLeaks } from '../leaks.js';
import { type BodyPlan, native } from '../native.js';
import { underWay } from '../progress.js';
import type { LimitRecord } from '../run/types.js';
import { hearing, isThenable } from './around.js';
import { type BodyResult, judgeLimits, openBody } from './body.js';
import { bodyCaller } from './body-caller.js';
import { brokenLimits, MemoryLimitError, withNoSnapshot } from './broken.js';
import { trackingState } from './current.js';
import type { Adopted, BodyCall } from './file.js';
import { type LimitBytes, parseLimits, type TestLimits } from './limits.js';
import { type Retained, type RetainedWatch, watchRetained } from './retained.js';

type Body = (...args: never[]) => unknown;

/** What only the runner knows. */
export interface LimitHost {
  /** Made where the limit was written. */
  readonly written: Error;
  /** Of the test whose body was called with these arguments. */
  readonly isConcurrent: (args: readonly unknown[]) => boolean;
  /** It is to fail: a broken limit is then what is expected, and not recorded as broken. */
  readonly isFailing: (args: readonly unknown[]) => boolean;
}

const OWNER = 'withMemoryLimit';

/**
 * The body of a test, with limits: a body that breaks one fails.
 *
 * @throws HighwaterError `invalid-option`, `invalid-size`, `not-a-function`; and the body that comes back
 *   `limit-not-measured`, `missing-addon`
 */
export function limitMemory<Fn extends Body>(
  limits: TestLimits,
  fn: Fn,
  host: LimitHost,
): Fn {
  const own = parseLimits(limits, OWNER, ['leak']);
  const { leak } = limits;
  if (leak !== undefined && leak !== false) {
    throw errors.invalidOption('leak', leak, 'false');
  }
  if (typeof fn !== 'function') throw errors.notAFunction(fn, OWNER);
  const isEmpty = Object.keys(own).length === 0 && leak === undefined;
  if (isEmpty)
    throw errors.invalidOption(OWNER, limits, "an object such as { peak: '24 MB' }");

  const prepare = function (this: unknown, ...args: readonly unknown[]): BodyPlan {
    if (host.isConcurrent(args))
      throw blameCaller(errors.limitNotMeasured('it is concurrent'), host.written);
    refuseDone(args);
    const run = new LimitedRun(own, leak === false, host.isFailing(args), host.written);
    return run.plan({ self: this, args, body: fn });
  };
  // Where there is no addon the test says so, not the file that holds it.
  const limited: Body = bodyCaller(prepare) ?? (() => native());
  // Runners read the parameters: Vitest fixtures by their text, Jest `done` by their number.
  Object.defineProperty(limited, 'length', { value: fn.length });
  Object.defineProperty(limited, 'name', { value: fn.name });
  Object.defineProperty(limited, 'toString', { value: () => fn.toString() });
  return limited as unknown as Fn;
}

/** Jest's `done` ends the body, whatever it returns. */
function refuseDone(args: readonly unknown[]): void {
  const done = args.at(-1);
  if (typeof done !== 'function' || done.name !== 'done') return;
  throw errors.invalidOption(
    OWNER,
    done,
    'around a function that returns a promise: with `done` its end is not known',
  );
}

class LimitedRun {
  readonly #limits: LimitBytes;
  readonly #own: LimitBytes;
  readonly #withLeak: boolean;
  readonly #isFailing: boolean;
  readonly #written: Error;
  readonly #adopt: ((result: Adopted) => void) | undefined;

  constructor(own: LimitBytes, withLeak: boolean, isFailing: boolean, written: Error) {
    this.#written = written;
    const tracked = trackingState().tracking?.handOver();
    // What the suite says of what it retains is held by the tracking, over the hooks.
    const { retained: _, ...suite } = tracked?.limits ?? {};
    this.#own = own;
    this.#limits = { ...suite, ...own };
    this.#withLeak = withLeak;
    this.#isFailing = isFailing;
    this.#adopt = tracked?.adopt;
  }

  plan(call: BodyCall): BodyPlan {
    const state = trackingState();
    if (state.limitedCount > 0)
      throw this.#notMeasured('a concurrent test with a limit runs beside it');
    const watch = this.#own.retained === undefined ? undefined : watchRetained(true);
    if (this.#own.retained !== undefined && watch === undefined) {
      throw this.#notMeasured('another measurement was under way when it began');
    }
    const body = openBody({ limits: this.#limits, isExact: true, callsites: false });
    state.limitedCount++;
    let result: BodyResult | undefined;
    const passed = (): void => {
      state.limitedCount--;
      result = body.close();
    };
    const failed = (): void => {
      passed();
      watch?.cancel();
      this.#report(result, [], false);
    };
    const ending = hearing({ passed, failed });
    const again = (): unknown => call.body.apply(call.self, call.args as never[]);
    return {
      ...call,
      threw: ending.threw,
      returned: (value) => {
        const heard = ending.returned(value);
        if (!isThenable(heard) && watch === undefined && !this.#withLeak) {
          this.#judge(result, undefined);
          return heard;
        }
        return this.#finish(heard, () => result, watch, again);
      },
    };
  }

  async #finish(
    returned: unknown,
    resultOf: () => BodyResult | undefined,
    watch: RetainedWatch | undefined,
    fn: () => unknown,
  ): Promise<unknown> {
    const value = await returned;
    const result = resultOf();
    if (result?.numbers === undefined) watch?.cancel();
    const retained =
      result?.numbers === undefined ? undefined : await watch?.end(this.#own.retained);
    this.#judge(result, retained);
    if (this.#withLeak) await this.#judgeLeak(fn, result);
    return value;
  }

  #judge(result: BodyResult | undefined, retained: Retained | undefined): void {
    const why = result?.notMeasured ?? retained?.notMeasured;
    if (result?.numbers === undefined || why !== undefined) {
      this.#report(result, []);
      if (Object.keys(this.#own).length === 0) return;
      throw this.#notMeasured(why ?? 'it was not measured');
    }
    const known = retained?.notMeasured === undefined ? retained : undefined;
    const { bytes, groups = [], noSnapshot } = known ?? {};
    const numbers = {
      ...result.numbers,
      ...(bytes !== undefined && { retainedBytes: bytes }),
    };
    const records = judgeLimits(this.#limits, numbers);
    this.#report({ ...result, numbers }, records);
    const broken = records.filter(({ isBroken }) => isBroken);
    if (broken.length === 0) return;
    const text = brokenLimits(
      broken,
      numbers,
      result.callsites(),
      groups,
      true,
      process.cwd(),
    );
    throw new MemoryLimitError(withNoSnapshot(text, noSnapshot), this.#written);
  }

  /** The body has passed; now it is called as a matcher calls its function. */
  async #judgeLeak(fn: () => unknown, result: BodyResult | undefined): Promise<void> {
    const owner = 'withMemoryLimit({ leak: false })';
    const report = await underWay(owner, undefined, () =>
      observeLeaks(fn, owner, leakSettings(undefined, owner)),
    );
    const judgement = judgeLeak(report);
    const record: LimitRecord = {
      metric: 'leak',
      limit: 0,
      actual: judgement.bytesPerCall,
      isBroken: !judgement.pass,
    };
    const others =
      result?.numbers === undefined ? [] : judgeLimits(this.#limits, result.numbers);
    this.#report(result, [...others, record]);
    if (judgement.pass) return;
    throw new MemoryLimitError(
      formatLeak(judgement, report, {
        root: process.cwd(),
        width: 76,
      }),
      this.#written,
    );
  }

  #notMeasured(why: string): unknown {
    return blameCaller(errors.limitNotMeasured(why), this.#written);
  }

  #report(
    result: BodyResult | undefined,
    limits: readonly LimitRecord[],
    isWhole = true,
  ): void {
    this.#adopt?.({
      numbers: result?.numbers,
      isWhole,
      drawsRandom: result?.drawsRandom ?? false,
      notMeasured: result?.notMeasured,
      limits: this.#isFailing ? limits.filter(({ isBroken }) => !isBroken) : limits,
      callsites: result?.callsites ?? (() => []),
    });
  }
}
