// The tests of one file while they run: a window around each body, limits, and a record for each.

import type { FinishedTest } from '../baseline/session.js';
import { HighwaterError } from '../errors.js';
import { type BodyPlan, native } from '../native.js';
import { baselineOutcomes } from '../run/baselines.js';
import { fileIdentity } from '../run/paths.js';
import type {
  FileIdentity,
  LimitRecord,
  RunFile,
  TestNumbers,
  TestRecord,
} from '../run/types.js';
import { openWorkerLog, type WorkerLog } from '../run/worker-log.js';
import type { Callsite } from '../types.js';
import { hearing } from './around.js';
import {
  type Body,
  type BodyResult,
  INTERRUPTED,
  judgeLimits,
  openBody,
} from './body.js';
import { brokenLimits, MemoryLimitError, withNoSnapshot } from './broken.js';
import { nowMs } from './clock.js';
import { type LimitBytes, limitsOf } from './limits.js';
import type { TrackingSettings } from './options.js';
import {
  type Attempt,
  handedOn,
  identityOf,
  keyOf,
  outcomeOf,
  type TrackedTest,
  unchecked,
} from './record.js';
import { type RetainedWatch, watchRetained } from './retained.js';

/** What only the runner knows. */
export interface TrackingHost {
  readonly runner: RunFile['runner']['name'];
  /** The name of the project that runs the file; undefined without projects. */
  readonly project?: string | undefined;
  /** Of a test that has ended. */
  readonly stateOf: (identity: object) => TestRecord['state'];
  /** False while another try may follow. */
  readonly isFinal: (identity: object) => boolean;
  /** Why a test that ran was never entered: `'it is concurrent'`. */
  readonly notEntered: string;
}

/** One test file in one run. */
export class FileTracking {
  readonly file: string;
  readonly #identity: FileIdentity;
  readonly #root: string;
  readonly #settings: TrackingSettings;
  readonly #limits: LimitBytes;
  readonly #host: TrackingHost;
  readonly #log: WorkerLog;
  readonly #attempts = new Map<object, Attempt>();
  readonly #written = new Set<string>();
  #current: Attempt | undefined;
  #body: Body | undefined;
  #isInHooks = false;
  #retained: RetainedWatch | undefined;
  #unavailable: string | undefined;
  #costMs = 0;

  constructor(
    file: string,
    root: string,
    settings: TrackingSettings,
    host: TrackingHost,
  ) {
    this.file = file;
    this.#root = root;
    this.#identity = fileIdentity(root, file, host.project);
    this.#settings = settings;
    this.#limits = limitsOf(settings.limits, file, root);
    this.#host = host;
    this.#log = openWorkerLog(root, host.runner, true);
    this.#log.append({ kind: 'start', ...this.#identity });
    try {
      native();
    } catch (error) {
      if (!(error instanceof HighwaterError)) throw error;
      this.#unavailable = 'highwater cannot measure here';
      this.#log.append({ kind: 'problem', text: error.message });
    }
  }

  /** A try of a test begins: before its hooks. */
  enter(test: TrackedTest): void {
    this.#timed(() => {
      const known = this.#attempts.get(test.identity);
      const last = this.#current;
      const isOver = last !== undefined && last.test.identity !== test.identity;
      if (isOver && this.#host.isFinal(last.test.identity)) this.#flush(last);
      this.#current = undefined;
      const attempt: Attempt = {
        test,
        tries: (known?.tries ?? 0) + 1,
        limits: [],
        isWhole: false,
        ...handedOn(known),
        hooksBytes: 0,
        callsites: () => [],
        baselines: [],
        notMeasured: this.#unavailable ?? test.notMeasurable,
      };
      this.#attempts.set(test.identity, attempt);
      if (attempt.notMeasured !== undefined) return;
      this.#current = attempt;
      if (this.#isRetainedAsked()) {
        this.#retained = watchRetained(this.#limits.retained !== undefined);
      }
      this.#openHooks();
    });
  }

  /**
   * How to call the body of the test that was entered last: `native().bodyCaller` does it. It then throws when it
   * breaks a limit.
   */
  watch(test: object, call: BodyCall): BodyPlan {
    const attempt = this.#current;
    if (attempt === undefined || attempt.test.identity !== test) return unwatched(call);
    this.#timed(() => {
      this.#closeHooks();
      this.#body = openBody({
        limits: this.#limits,
        isExact: false,
        callsites: this.#settings.details.has('callsites'),
      });
    });
    return {
      ...call,
      ...hearing({
        passed: () => this.#endBody(attempt, true),
        failed: () => this.#endBody(attempt, false),
      }),
    };
  }

  /** For a body that is measured with limits of its own: undefined outside a tracked body. */
  handOver():
    | { readonly limits: LimitBytes; readonly adopt: (result: Adopted) => void }
    | undefined {
    const attempt = this.#current;
    if (attempt === undefined || this.#body === undefined) return undefined;
    this.#body.close();
    this.#body = undefined;
    return {
      limits: this.#limits,
      adopt: (result) => {
        attempt.numbers = result.numbers;
        attempt.isWhole = result.isWhole;
        attempt.drawsRandom ||= result.drawsRandom;
        attempt.notMeasured = result.notMeasured;
        attempt.limits = result.limits;
        attempt.callsites = result.callsites;
      },
    };
  }

  /** A try has ended, with its hooks. Throws when the test retained more than it may. */
  async leave(test: object): Promise<void> {
    const attempt = this.#current;
    if (attempt === undefined || attempt.test.identity !== test) return;
    const began = nowMs();
    // A body that did not come back in time is still open.
    if (this.#body !== undefined) {
      this.#body.close();
      this.#body = undefined;
      attempt.notMeasured = 'its body did not end in time';
    }
    this.#closeHooks();
    attempt.baselines = baselineOutcomes();
    try {
      await this.#endRetained(attempt);
    } finally {
      this.#costMs += nowMs() - began;
    }
  }

  /** The file has ended: every test has its record, also those that never ran. */
  finish(tests: readonly FinishedTest[]): void {
    this.#timed(() => {
      for (const attempt of this.#attempts.values()) this.#flush(attempt);
      for (const test of tests) {
        if (this.#written.has(keyOf(test))) continue;
        this.#log.append({
          kind: 'test',
          ...identityOf(test, this.#identity),
          state: test.state,
          ...(test.state !== 'skipped' && { notMeasured: this.#host.notEntered }),
          ...unchecked(this.#limits, test.state),
        });
      }
      if (this.#unavailable === undefined) native().endTestWindows();
    });
    this.#log.append({ kind: 'cost', trackingMs: Number(this.#costMs.toFixed(3)) });
    this.#log.append({ kind: 'end', ...this.#identity });
    this.#log.close();
  }

  #isRetainedAsked(): boolean {
    return this.#settings.details.has('retained') || this.#limits.retained !== undefined;
  }

  #openHooks(): void {
    native().openHooksWindow();
    this.#isInHooks = true;
  }

  #closeHooks(): void {
    if (!this.#isInHooks) return;
    this.#isInHooks = false;
    const bytes = native().closeHooksWindow();
    if (this.#current === undefined || bytes === undefined) return;
    this.#current.hooksBytes += Math.max(0, bytes);
  }

  #endBody(attempt: Attempt, isPassed: boolean): void {
    const began = nowMs();
    try {
      // Handed over, or too late: the test has timed out.
      if (this.#body === undefined || this.#current !== attempt) return;
      const result = this.#body.close();
      this.#body = undefined;
      Object.assign(attempt, {
        numbers: result.numbers,
        isWhole: isPassed,
        drawsRandom: attempt.drawsRandom || result.drawsRandom,
        notMeasured: result.notMeasured,
        callsites: result.callsites,
      });
      this.#openHooks();
      if (result.numbers === undefined) return;
      this.#judge(attempt, result, isPassed);
    } finally {
      this.#costMs += nowMs() - began;
    }
  }

  /** A test that fails anyway is not judged: it did not do all it does. */
  #judge(attempt: Attempt, result: BodyResult, isPassed: boolean): void {
    const { numbers } = result;
    if (numbers === undefined || !isPassed) return;
    const limits = judgeLimits(this.#limits, numbers);
    // In a test that is to fail, a broken limit is the failure.
    attempt.limits = attempt.test.isFailing
      ? limits.filter(({ isBroken }) => !isBroken)
      : limits;
    throwIfBroken(limits, numbers, result.callsites, this.#root);
  }

  async #endRetained(attempt: Attempt): Promise<void> {
    const watch = this.#retained;
    this.#retained = undefined;
    if (watch === undefined || attempt.numbers === undefined) {
      watch?.cancel();
      return;
    }
    const limit = this.#limits.retained;
    const retained = await watch.end(limit);
    if (retained.notMeasured !== undefined) {
      attempt.notMeasured = INTERRUPTED;
      attempt.numbers = undefined;
      return;
    }
    const { bytes, groups, noSnapshot } = retained;
    attempt.numbers = { ...attempt.numbers, retainedBytes: bytes };
    if (limit === undefined || attempt.test.isFailing) return;
    const record = {
      metric: 'retained',
      limit,
      actual: bytes,
      isBroken: bytes > limit,
    } as const;
    attempt.limits = [...attempt.limits, record];
    if (!record.isBroken) return;
    const text = brokenLimits([record], attempt.numbers, [], groups, false, this.#root);
    throw new MemoryLimitError(withNoSnapshot(text, noSnapshot));
  }

  #flush(attempt: Attempt): void {
    const { test } = attempt;
    this.#attempts.delete(test.identity);
    if (this.#current === attempt) this.#current = undefined;
    // A second test of this name is told where records are read.
    this.#written.add(keyOf(test));
    this.#log.append({
      kind: 'test',
      ...identityOf(test, this.#identity),
      ...outcomeOf(
        attempt,
        this.#host.stateOf(test.identity),
        this.#limits,
        this.#settings.details.has('callsites'),
        this.#root,
      ),
    });
  }

  #timed(work: () => void): void {
    const began = nowMs();
    try {
      work();
    } finally {
      this.#costMs += nowMs() - began;
    }
  }
}

/** A body as the runner would call it. */
export type BodyCall = Pick<BodyPlan, 'self' | 'args' | 'body'>;

/** One whose end nobody asks for. */
export function unwatched(call: BodyCall): BodyPlan {
  return { ...call, returned: (value) => value, threw: () => {} };
}

/** What a body with limits of its own reports. */
export interface Adopted {
  readonly numbers: TestNumbers | undefined;
  /** Whether the body came to its end. */
  readonly isWhole: boolean;
  readonly drawsRandom: boolean;
  readonly notMeasured?: string | undefined;
  readonly limits: readonly LimitRecord[];
  readonly callsites: () => readonly Callsite[];
}

function throwIfBroken(
  limits: readonly LimitRecord[],
  numbers: TestNumbers,
  callsites: () => readonly Callsite[],
  root: string,
): void {
  const broken = limits.filter(({ isBroken }) => isBroken);
  if (broken.length === 0) return;
  throw new MemoryLimitError(brokenLimits(broken, numbers, callsites(), [], false, root));
}
