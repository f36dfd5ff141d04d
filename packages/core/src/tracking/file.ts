// The tests of one file while they run: a window around each body, limits, and a record for each.

import { relative, sep } from 'node:path';
import type { TestName } from '../baseline/keys.js';
import type { FinishedTest } from '../baseline/session.js';
import { HighwaterError } from '../errors.js';
import { native } from '../native.js';
import { baselineOutcomes } from '../run/baselines.js';
import type {
  BaselineOutcome,
  CallsiteRecord,
  LimitRecord,
  RunFile,
  TestNumbers,
  TestRecord,
} from '../run/types.js';
import { openWorkerLog, type WorkerLog } from '../run/worker-log.js';
import type { Callsite } from '../types.js';
import {
  type Body,
  type BodyResult,
  INTERRUPTED,
  judgeLimits,
  openBody,
} from './body.js';
import { brokenLimits, MemoryLimitError } from './broken.js';
import { type LimitBytes, limitsOf } from './limits.js';
import type { TrackingSettings } from './options.js';
import { type RetainedWatch, watchRetained } from './retained.js';

/** A test while it runs. */
export interface TrackedTest extends TestName {
  /** The same in every try of the test. */
  readonly identity: object;
  /** Why its numbers would not be its own: `'it is concurrent'`. */
  readonly notMeasurable?: string;
  /** It passes when it fails. */
  readonly isFailing: boolean;
  /** 1-based. */
  readonly line?: number;
}

/** What only the runner knows. */
export interface TrackingHost {
  readonly runner: RunFile['runner']['name'];
  /** Of a test that has ended. */
  readonly stateOf: (identity: object) => TestRecord['state'];
  /** False while another try may follow. */
  readonly isFinal: (identity: object) => boolean;
  /** Why a test that ran was never entered: `'it is concurrent'`. */
  readonly notEntered: string;
}

interface Attempt {
  readonly test: TrackedTest;
  tries: number;
  numbers?: TestNumbers | undefined;
  notMeasured?: string | undefined;
  limits: readonly LimitRecord[];
  hooksBytes: number;
  callsites: () => readonly Callsite[];
  baselines: readonly BaselineOutcome[];
}

const MOST_CALLSITES = 50;

/** One test file in one run. */
export class FileTracking {
  readonly file: string;
  readonly #path: string;
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
    this.#path = relative(root, file).split(sep).join('/');
    this.#settings = settings;
    this.#limits = limitsOf(settings.limits, file, root);
    this.#host = host;
    this.#log = openWorkerLog(root, host.runner);
    this.#log.append({ kind: 'start', file: this.#path });
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

  /** Runs the body of the test that was entered last, and throws when it breaks a limit. */
  body<T>(test: object, run: () => T): T {
    const attempt = this.#current;
    if (attempt === undefined || attempt.test.identity !== test) return run();
    this.#timed(() => {
      this.#closeHooks();
      this.#body = openBody({
        limits: this.#limits,
        isExact: false,
        callsites: this.#settings.details.has('callsites'),
      });
    });
    return around(
      run,
      () => this.#endBody(attempt, true),
      () => this.#endBody(attempt, false),
    );
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
    const began = performance.now();
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
      this.#costMs += performance.now() - began;
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
          ...this.#identityOf(test),
          state: test.state,
          ...(test.state !== 'skipped' && { notMeasured: this.#host.notEntered }),
        });
      }
      if (this.#unavailable === undefined) native().endTestWindows();
    });
    this.#log.append({ kind: 'cost', trackingMs: Number(this.#costMs.toFixed(3)) });
    this.#log.append({ kind: 'end', file: this.#path });
  }

  #isRetainedAsked(): boolean {
    return this.#settings.details.has('retained') || this.#limits.retained !== undefined;
  }

  #openHooks(): void {
    native().openTestWindow('counters');
    this.#isInHooks = true;
  }

  #closeHooks(): void {
    if (!this.#isInHooks) return;
    this.#isInHooks = false;
    const window = native().closeTestWindow();
    if (this.#current === undefined || window === undefined) return;
    if (window.isInterrupted) return;
    this.#current.hooksBytes += Math.max(0, window.allocatedBytes);
  }

  #endBody(attempt: Attempt, isPassed: boolean): void {
    const began = performance.now();
    try {
      // Handed over, or too late: the test has timed out.
      if (this.#body === undefined || this.#current !== attempt) return;
      const result = this.#body.close();
      this.#body = undefined;
      Object.assign(attempt, {
        numbers: result.numbers,
        notMeasured: result.notMeasured,
        callsites: result.callsites,
      });
      this.#openHooks();
      if (result.numbers === undefined) return;
      this.#judge(attempt, result, isPassed);
    } finally {
      this.#costMs += performance.now() - began;
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
    const { bytes, groups } = retained;
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
    throw new MemoryLimitError(
      brokenLimits([record], attempt.numbers, [], groups, false, this.#root),
    );
  }

  #flush(attempt: Attempt): void {
    const { test, tries, numbers, notMeasured, limits, hooksBytes, baselines } = attempt;
    this.#attempts.delete(test.identity);
    if (this.#current === attempt) this.#current = undefined;
    const key = keyOf(test);
    if (this.#written.has(key)) return;
    this.#written.add(key);
    const state = this.#host.stateOf(test.identity);
    const callsites = this.#settings.details.has('callsites')
      ? attempt
          .callsites()
          .slice(0, MOST_CALLSITES)
          .map((site) => this.#siteOf(site))
      : [];
    this.#log.append({
      kind: 'test',
      ...this.#identityOf(test),
      ...(test.line !== undefined && { line: test.line }),
      state,
      ...(tries > 1 && { tries }),
      ...(state !== 'skipped' && numbers !== undefined && { measured: numbers }),
      ...(hooksBytes > 0 && { hooks: { allocatedBytes: hooksBytes } }),
      ...(state !== 'skipped' && numbers === undefined && notMeasured !== undefined
        ? { notMeasured }
        : {}),
      ...(callsites.length > 0 && { callsites }),
      ...(limits.length > 0 && { limits }),
      ...(baselines.length > 0 && { baselines }),
    });
  }

  #identityOf({ titles, ordinal }: TestName): {
    readonly file: string;
    readonly titles: readonly string[];
    readonly ordinal: number;
  } {
    return { file: this.#path, titles, ordinal: ordinal + 1 };
  }

  #siteOf({ frames, allocatedBytes, allocatedCount }: Callsite): CallsiteRecord {
    const frame = frames.find(({ origin }) => origin === 'user') ?? frames[0];
    const file = frame?.file ?? '';
    const isBelow = file.startsWith(`${this.#root}${sep}`);
    return {
      ledger: 'heap',
      functionName: frame?.functionName ?? '',
      file: isBelow ? relative(this.#root, file).split(sep).join('/') : file,
      line: frame?.line ?? 0,
      bytes: Math.round(allocatedBytes),
      count: Math.round(allocatedCount),
    };
  }

  #timed(work: () => void): void {
    const began = performance.now();
    try {
      work();
    } finally {
      this.#costMs += performance.now() - began;
    }
  }
}

/** What a body with limits of its own reports. */
export interface Adopted {
  readonly numbers: TestNumbers | undefined;
  readonly notMeasured?: string | undefined;
  readonly limits: readonly LimitRecord[];
  readonly callsites: () => readonly Callsite[];
}

/** Calls `run`, awaits what it returns if that is a promise, and tells how it ended. */
export function around<T>(run: () => T, passed: () => void, failed: () => void): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    failed();
    throw error;
  }
  if (!isThenable(result)) {
    passed();
    return result;
  }
  return result.then(
    (value) => {
      passed();
      return value;
    },
    (error: unknown) => {
      failed();
      throw error;
    },
  ) as T;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
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

function keyOf({ titles, ordinal }: TestName): string {
  return JSON.stringify([titles, ordinal]);
}
