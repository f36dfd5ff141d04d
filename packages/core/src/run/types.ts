// What a run of a test suite leaves behind, for whoever reads it later: .highwater/run.json.

import type { BaselineLedger, BaselineMetric, ChangeVerdict } from '../types.js';

/** One run of a suite; or of a shard of it, or what several shards were merged into. */
export interface RunFile {
  readonly version: 1;
  /** Exact versions of what measured, as in `process.versions`, without a `v`. */
  readonly highwater: string;
  readonly node: string;
  readonly v8: string;
  readonly platform: string;
  readonly arch: string;
  readonly runner: { readonly name: 'vitest' | 'jest'; readonly version: string };
  /** Both from 1 on. Absent for a whole run. */
  readonly shard?: { readonly index: number; readonly count: number };
  /** ISO 8601, UTC. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly tests: readonly TestRecord[];
  readonly files: readonly FileRecord[];
  readonly processes: readonly ProcessRecord[];
  /** What could not be recorded or read, a sentence each. */
  readonly problems: readonly string[];
  /**
   * Why the records cannot be trusted, a sentence each: a test that ran has none, or two have the same identity. Such a
   * run passes no gate. Absent when there is none.
   */
  readonly faults?: readonly string[];
  readonly cost: RunCost;
}

/** What highwater itself took. */
export interface RunCost {
  readonly trackingMs: number;
}

/** A file may run in several projects of one runner. */
interface InProject {
  /** Its name: Vitest's, or Jest's `displayName`. Absent without projects. */
  readonly project?: string;
}

/** Which test something is of. */
export interface TestIdentity extends InProject {
  /** Relative to the project's root, with `/`. */
  readonly file: string;
  /** From the outermost `describe` to the test. */
  readonly titles: readonly string[];
  /** 1 for the first test of these titles in its file, 2 for the second; in the order written. */
  readonly ordinal: number;
}

/** One test, after its last try. */
export interface TestRecord extends TestIdentity {
  /** 1-based. */
  readonly line?: number;
  readonly state: 'passed' | 'failed' | 'skipped';
  /** Retries and one; absent when there was one try. */
  readonly tries?: number;
  readonly measured?: TestNumbers;
  /** What tries before the last one took whose bodies came to their end, in order: at most the 19 latest. */
  readonly earlierTries?: readonly TestNumbers[];
  /** Its body called `Math.random`, in some try, before its first `await`. Absent when not, or where nobody could see. */
  readonly drawsRandom?: true;
  /** What `beforeEach` and `afterEach` took, which `measured` leaves out. */
  readonly hooks?: { readonly allocatedBytes: number };
  /** Why there are no numbers: `'it is concurrent'`. Completes "not measured: ...". */
  readonly notMeasured?: string;
  /** Most bytes first. */
  readonly callsites?: readonly CallsiteRecord[];
  readonly limits?: readonly LimitRecord[];
  /** Limits in force that it passed without being held against them: {@link notMeasured} says why. */
  readonly limitsUnchecked?: readonly LimitRecord['metric'][];
  /** Of `toMatchMemoryBaseline` in this test, in the order called. */
  readonly baselines?: readonly BaselineOutcome[];
}

/** The body of a test, without hooks. What was not measured is absent. */
export interface TestNumbers {
  readonly durationMs: number;
  /** V8's heap: sum of everything ever allocated. */
  readonly allocatedBytes: number;
  /** V8's heap: high-water mark above the start. */
  readonly peakBytes: number;
  /**
   * V8's heap: after minus before. Negative when the test let go of more than it kept. Absent unless asked for:
   * it takes collections around the test.
   */
  readonly retainedBytes?: number;
  readonly nativeAllocatedBytes?: number;
  readonly nativePeakBytes?: number;
  readonly nativeRetainedBytes?: number;
  /** Of the whole process, while the test ran. */
  readonly rssPeakBytes?: number;
  readonly gcMs: number;
}

/** A line that allocates, with what it allocated during the test. */
export interface CallsiteRecord {
  readonly ledger: BaselineLedger;
  /** `''` for a nameless function. */
  readonly functionName: string;
  /** Relative to the project's root, with `/`; `''` is a builtin of V8. */
  readonly file: string;
  /** 1-based; 0 when unknown. */
  readonly line: number;
  readonly bytes: number;
  /** Objects, or blocks of native memory. */
  readonly count: number;
  /** The nearest function of the user's that called it; absent where there is none. */
  readonly caller?: Pick<CallsiteRecord, 'functionName' | 'file' | 'line'>;
}

/** A limit that was in force for a test, and the number it was held against. Both in bytes. */
export interface LimitRecord {
  readonly metric: 'allocated' | 'peak' | 'retained' | 'native' | 'leak' | 'leftBehind';
  readonly limit: number;
  readonly actual: number;
  readonly isBroken: boolean;
  /** The try that broke it, from 1 on, when that was not the last. */
  readonly inTry?: number;
}

/** What `toMatchMemoryBaseline` said. */
export interface BaselineOutcome {
  /** The entry in the baseline file. */
  readonly entry: string;
  /** `missing`: there is no record to hold it against; `recorded`: there is one now. */
  readonly verdict: ChangeVerdict | 'missing' | 'recorded';
  readonly metrics: readonly {
    readonly ledger: BaselineLedger;
    readonly metric: BaselineMetric;
    /** Bytes per call, or objects for `allocatedCount`. */
    readonly baseline: number;
    readonly now: number;
    /** A difference of up to this much is none. */
    readonly allowed: number;
    readonly verdict: ChangeVerdict;
  }[];
}

/** What a test file left in its worker after its tests and teardown. */
export interface FileRecord extends InProject {
  /** Relative to the project's root, with `/`. */
  readonly file: string;
  /**
   * V8's heap and ArrayBuffer stores: made by the file and held by something that outlives it, other than the runner
   * and what it takes to load modules. Absent where nobody could look: {@link notSearched} says why.
   */
  readonly leftBehindBytes?: number;
  /**
   * Of the worker, over the file; or, where the file's world has gone, what is alive of all that it made. With
   * compiled code, and with what the runner keeps.
   */
  readonly growthBytes?: number;
  /** Why nobody could look for what is left: `'a memory matcher, or an inspector, ran in it'`. */
  readonly notSearched?: string;
  /** Most bytes first. Bytes with all that only these objects hold. */
  readonly classes: readonly {
    readonly name: string;
    readonly count: number;
    readonly bytes: number;
  }[];
  /** Who holds each of the classes: a line, as long as it takes. */
  readonly heldBy: readonly string[];
  /** V8's used heap of the worker after the file. */
  readonly workerHeapBytes?: number;
  /** How-manieth file of its worker, from 1 on. */
  readonly order: number;
  readonly worker: string;
  /** Of what it may leave behind. */
  readonly limits?: readonly LimitRecord[];
  /** Limits in force that nobody held it against: {@link notSearched} says why. */
  readonly limitsUnchecked?: readonly LimitRecord['metric'][];
}

/** A file that somebody is to look after, before it is loaded: one that gets no {@link FileRecord} was not looked at. */
export type FileLook = Pick<FileRecord, 'project' | 'file' | 'order' | 'worker'> & {
  /** Bytes. */
  readonly limit?: number;
};

/** A process that a test started, or one below it. Every number is of that process alone. */
export interface ProcessRecord extends InProject {
  /** Its command. */
  readonly name: string;
  readonly pid: number;
  /** Of the process that started it: the worker, or another one of these. */
  readonly parentPid?: number;
  /** The test file; relative to the project's root, with `/`. */
  readonly file?: string;
  /** {@link recordKey} of the test that started it. Absent for one of the file: of `beforeAll`, of a concurrent test. */
  readonly test?: string;
  readonly isNode: boolean;
  /** It was still running when its test was over; without one, when the file was. */
  readonly outlivedTest?: boolean;
  /** Absent while it runs, and where a signal ended it. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly peakRssBytes?: number;
  /** True: read by the process itself when it ended. False: the highest that was seen; it was no less. */
  readonly isPeakExact?: boolean;
  /** V8's heap of its main thread: all that was allocated, and the highest use above its start, garbage included. */
  readonly allocatedBytes?: number;
  readonly peakHeapBytes?: number;
  readonly nativeAllocatedBytes?: number;
  readonly nativePeakBytes?: number;
  /** Why its heap is not known: `'it is not Node'`. */
  readonly unavailable?: string;
}

/** One line of a worker's file. */
export type WorkerRecord =
  | ({ readonly kind: 'test' } & TestRecord)
  | ({ readonly kind: 'file' } & FileRecord)
  | ({ readonly kind: 'look' } & FileLook)
  | ({ readonly kind: 'process' } & ProcessRecord)
  | { readonly kind: 'problem'; readonly text: string }
  /** Added up over the lines. */
  | { readonly kind: 'cost'; readonly trackingMs: number }
  /** A file that starts and does not end has lost its worker. */
  | ({ readonly kind: 'start' } & FileIdentity)
  | ({ readonly kind: 'end' } & FileIdentity);

/** Which test file something is of. */
export interface FileIdentity extends InProject {
  /** Relative to the project's root, with `/`. */
  readonly file: string;
}

/** What the runner itself says of a test file. */
export interface FileRun extends FileIdentity {
  /** Tests that passed or failed. */
  readonly ranCount: number;
  /** Whether it was to be tracked; if not, it may have set highwater up by itself. */
  readonly isToTrack: boolean;
}

/** What only the process that runs the runner knows. */
export type RunAbout = Pick<RunFile, 'runner' | 'shard' | 'startedAt' | 'durationMs'>;
