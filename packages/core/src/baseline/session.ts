// The baselines of one test file during one run: which entry is whose, what is to be
// written, and what nobody asked for any more.

import type { Tolerances } from '../compare/tolerance.js';
import { compareRecords, type Incomparable, incomparable } from '../compare.js';
import type { BaselineMetric, BaselineRecord, Comparison } from '../types.js';
import { keyInProject, NO_PROJECT, partsOfKey, type RunProject } from './environment.js';
import type { BaselineFile } from './file.js';
import { belongsTo, entryKey, type TestName } from './keys.js';
import { baselinePath, projectRoot } from './paths.js';
import { readBaseline, writeBaseline } from './store.js';

/** The runner's own words: `-u` is `all`, a plain local run `new`, CI `none`. */
export type UpdateMode = 'all' | 'new' | 'none';

/** A test while it runs. */
export interface RunningTest extends TestName {
  /** The same in every attempt of the test. */
  readonly identity: object;
  readonly isConcurrent: boolean;
}

/** A test when its file has ended. Only of a test that passed it is known that it asked for all it wants. */
export interface FinishedTest extends TestName {
  readonly state: 'passed' | 'failed' | 'skipped';
}

/** What the user decided about updates. */
export interface UpdatePolicy {
  /** Improvements are recorded without `-u`, but not in CI. */
  readonly ratchet: boolean;
  /** Where nothing may be written: an entry that only other environments have passes, with a warning. */
  readonly missingEnvironment: 'fail' | 'warn';
}

/** What is asked of one entry. */
export interface Question {
  readonly key: string;
  readonly now: BaselineRecord;
  readonly tolerances: Tolerances;
  /** Metrics that the user named; a record without them does not answer. */
  readonly required: readonly BaselineMetric[];
  readonly policy: UpdatePolicy;
  /** Why `now` must not be written. */
  readonly unfit: Error | undefined;
}

/** How an entry stands. */
export type Outcome =
  | { readonly kind: 'written' }
  | { readonly kind: 'equal'; readonly comparison: Comparison }
  | { readonly kind: 'updated'; readonly comparison: Comparison | undefined }
  | { readonly kind: 'improved'; readonly comparison: Comparison }
  | {
      readonly kind: 'regressed';
      readonly comparison: Comparison;
      readonly baseline: BaselineRecord;
    }
  | {
      readonly kind: 'missing';
      /** Environments that have the entry. */
      readonly recorded: readonly string[];
      readonly isWarning: boolean;
    }
  | { readonly kind: 'incomparable'; readonly why: Incomparable };

/** What fails a test; the other outcomes are fine, or told at the end of the run. */
export type BaselineFailure = Extract<
  Outcome,
  { readonly kind: 'regressed' | 'missing' | 'incomparable' }
>;

/** An entry, and how it stands. */
export interface JudgedEntry {
  readonly key: string;
  readonly outcome: Outcome;
}

/** What a run did to one file, by key; what a reporter adds up. */
export interface BaselineSummary {
  readonly testFile: string;
  readonly baselineFile: string;
  /** With the project. */
  readonly environment: string;
  /** Undefined without projects. */
  readonly project?: string | undefined;
  readonly written: readonly string[];
  readonly updated: readonly string[];
  readonly improved: readonly string[];
  /** Passed although this environment has no record. */
  readonly missing: readonly string[];
  /** Nobody asked for them; `-u` removes them. */
  readonly obsolete: readonly string[];
  readonly removed: readonly string[];
  /** Of projects that are gone: `parses (node22-linux-x64 [old])`. Those that were removed are none any more. */
  readonly abandoned: readonly string[];
  readonly isAbandonedRemoved: boolean;
}

interface Claim {
  readonly identity: object;
  outcome?: Outcome['kind'] | undefined;
  record?: BaselineRecord;
}

/** One test file in one run. Made when its first test starts, finished after its last. */
export class BaselineSession {
  readonly testFile: string;
  readonly baselineFile: string;
  readonly root: string;
  /** With the project: what records of this session are called. */
  readonly environment: string;
  readonly #plain: string;
  readonly #project: RunProject;
  readonly #claims = new Map<string, Claim>();
  #file: BaselineFile | undefined;
  #test: RunningTest | undefined;
  #mode: UpdateMode = 'none';
  #outcomes: JudgedEntry[] = [];

  constructor(testFile: string, environment: string, project: RunProject = NO_PROJECT) {
    this.testFile = testFile;
    this.baselineFile = baselinePath(testFile);
    this.root = projectRoot(testFile);
    this.#plain = environment;
    this.#project = project;
    this.environment = keyInProject(environment, project.name);
  }

  /** The test under way. */
  get test(): RunningTest | undefined {
    return this.#test;
  }

  /** Every attempt of a test starts anew: what a failed one claimed is free again. */
  startTest(test: RunningTest, mode: UpdateMode): void {
    this.#test = test;
    this.#mode = mode;
    this.#outcomes = [];
    for (const [key, { identity }] of this.#claims) {
      if (identity === test.identity) this.#claims.delete(key);
    }
  }

  endTest(): void {
    this.#test = undefined;
  }

  /** What the matcher said in the last attempt of the last test that started, in the order called. */
  get outcomes(): readonly JudgedEntry[] {
    return this.#outcomes;
  }

  get mode(): UpdateMode {
    return this.#mode;
  }

  /**
   * The key of the next entry of a test.
   *
   * @param name the option; `''` for none
   */
  claim(test: RunningTest, name: string): string {
    for (let call = 0; ; call++) {
      const key = entryKey(test, name, call);
      if (this.#claims.has(key)) continue;
      this.#claims.set(key, { identity: test.identity });
      return key;
    }
  }

  /** @throws HighwaterError `baseline-unreadable`, `baseline-too-new`; `unfit` where `now` would be written */
  judge(question: Question): Outcome {
    const { key, now, unfit } = question;
    const outcome = judged(this.#entry(key), this.mode, question);
    const isWrite = outcome.kind === 'written' || outcome.kind === 'updated';
    if (isWrite && unfit !== undefined) throw unfit;
    this.#outcomes.push({ key, outcome });
    const claim = this.#claims.get(key);
    if (claim !== undefined) {
      // A missing record that fails its test is told there.
      const isTold = outcome.kind === 'missing' && !outcome.isWarning;
      claim.outcome = isTold ? undefined : outcome.kind;
      if (isWrite) claim.record = now;
    }
    return outcome;
  }

  /**
   * Writes what is to be written.
   *
   * @param tests every test of the file; `undefined` when the runner does not tell: nothing is obsolete then
   * @throws HighwaterError as the store does
   */
  finish(tests: readonly FinishedTest[] | undefined): BaselineSummary {
    const mode = this.#mode;
    const records = new Map<string, BaselineRecord>();
    for (const [key, { record }] of this.#claims) {
      if (record !== undefined) records.set(key, record);
    }
    const unclaimed = tests === undefined ? [] : this.#obsolete(tests);
    const abandoned = tests === undefined ? [] : this.#abandoned(tests);
    const removed = mode === 'all' ? unclaimed : [];
    if (records.size > 0 || removed.length > 0) {
      const { environment } = this;
      writeBaseline(this.baselineFile, {
        environment,
        records,
        removed: new Set(removed),
      });
    }
    for (const { key, environment } of mode === 'all' ? abandoned : []) {
      const changes = { environment, records: new Map(), removed: new Set([key]) };
      writeBaseline(this.baselineFile, changes);
    }
    return {
      testFile: this.testFile,
      baselineFile: this.baselineFile,
      environment: this.environment,
      project: this.#project.name,
      written: this.#keysOf('written'),
      updated: this.#keysOf('updated'),
      improved: this.#keysOf('improved'),
      missing: this.#keysOf('missing'),
      obsolete: mode === 'all' ? [] : unclaimed,
      removed,
      abandoned: abandoned.map(({ key, environment }) => `${key} (${environment})`),
      isAbandonedRemoved: mode === 'all',
    };
  }

  #keysOf(kind: Outcome['kind']): readonly string[] {
    return [...this.#claims].flatMap(([key, { outcome }]) =>
      outcome === kind ? [key] : [],
    );
  }

  /** Entries of this environment whose tests are gone, or passed without asking for them. */
  #obsolete(tests: readonly FinishedTest[]): readonly string[] {
    return [...this.#read()]
      .filter(([, environments]) => environments.has(this.environment))
      .map(([key]) => key)
      .filter((key) => !this.#claims.has(key) && haveAllPassed(key, tests));
  }

  /**
   * Records of projects that are gone. A project that did not run is not gone: only where several run, and all are
   * known, that is certain.
   */
  #abandoned(
    tests: readonly FinishedTest[],
  ): readonly { readonly key: string; readonly environment: string }[] {
    const { all = [] } = this.#project;
    if (all.length < 2) return [];
    return [...this.#read()]
      .filter(([key]) => haveAllPassed(key, tests))
      .flatMap(([key, entry]) =>
        this.#strangers(entry).map((environment) => ({ key, environment })),
      );
  }

  /** Of an entry, what is known under this environment and a name that no project of the run has. */
  #strangers(entry: ReadonlyMap<string, BaselineRecord>): readonly string[] {
    const { name, all } = this.#project;
    return [...entry.keys()].filter((other) => {
      const { environment, project } = partsOfKey(other);
      if (environment !== this.#plain || project === name) return false;
      return project === undefined || all?.includes(project) === false;
    });
  }

  #entry(key: string): Entry {
    const entry: ReadonlyMap<string, BaselineRecord> = this.#read().get(key) ?? new Map();
    const own = entry.get(this.environment);
    const [stranger, ...more] = own === undefined ? this.#strangers(entry) : [];
    const isRenamed = stranger !== undefined && more.length === 0;
    const elsewhere = [...entry.keys()].filter((other) => {
      const { environment, project } = partsOfKey(other);
      const isOfProject = project === undefined || project === this.#project.name;
      return environment !== this.#plain && isOfProject;
    });
    return {
      baseline: isRenamed ? entry.get(stranger) : own,
      isRenamed,
      elsewhere,
    };
  }

  #read(): BaselineFile {
    this.#file ??= readBaseline(this.baselineFile);
    return this.#file;
  }
}

/** What the file knows of one key. */
interface Entry {
  readonly baseline: BaselineRecord | undefined;
  /** It is under the name that the project had before. */
  readonly isRenamed: boolean;
  /** Other environments that have one. */
  readonly elsewhere: readonly string[];
}

/** Only of a test that passed it is known that it asked for all it wants. */
function haveAllPassed(key: string, tests: readonly FinishedTest[]): boolean {
  const owners = tests.filter((test) => belongsTo(key, test));
  return owners.every(({ state }) => state === 'passed');
}

function judged(
  { baseline, isRenamed, elsewhere }: Entry,
  mode: UpdateMode,
  { now, tolerances, required, policy }: Question,
): Outcome {
  const isUpdate = mode === 'all';
  if (baseline === undefined) {
    if (mode !== 'none') return { kind: 'written' };
    const isWarning = elsewhere.length > 0 && policy.missingEnvironment === 'warn';
    return { kind: 'missing', recorded: elsewhere, isWarning };
  }
  const why = incomparable(baseline, now, required);
  if (why !== undefined) {
    return isUpdate
      ? { kind: 'updated', comparison: undefined }
      : { kind: 'incomparable', why };
  }
  const comparison = compareRecords(baseline, now, tolerances);
  switch (comparison.verdict) {
    case 'equal': {
      // A number that the record does not have yet is a difference, too.
      const isMore = isUpdate && (isRenamed || hasMore(now, baseline));
      return { kind: isMore ? 'updated' : 'equal', comparison };
    }
    case 'improved': {
      const isRatchet = policy.ratchet && mode !== 'none';
      return { kind: isUpdate || isRatchet ? 'updated' : 'improved', comparison };
    }
    case 'regressed':
      return isUpdate
        ? { kind: 'updated', comparison }
        : { kind: 'regressed', comparison, baseline };
  }
}

function hasMore(now: BaselineRecord, baseline: BaselineRecord): boolean {
  const isNew = (ledger: 'heap' | 'native'): boolean =>
    Object.keys(now[ledger]).some((metric) => !(metric in baseline[ledger]));
  return isNew('heap') || isNew('native');
}
