// The processes that the tests of one file start: found as Node starts them, and by what they report themselves.

import type { ChildProcess } from 'node:child_process';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { setTimeout as later } from 'node:timers/promises';
import type { TestName } from '../baseline/keys.js';
import {
  dropReports,
  type FoundReport,
  findReports,
  newPrefix,
  nowOf,
  type ProcessWatch,
  realProcess,
  reportsFolder,
  setEnvironment,
  spareRestricted,
  watchProcess,
} from '../children.js';
import { firstWorld } from '../first-world.js';
import { recordKey } from '../run/keys.js';
import { fileIdentity } from '../run/paths.js';
import { recordOf } from '../run/processes.js';
import type { FileIdentity, RunFile } from '../run/types.js';
import { openWorkerLog, type WorkerLog } from '../run/worker-log.js';
import { identityOf } from './record.js';

/** Node tells of every child of `spawn`, `fork`, `exec` and `execFile` here; not of those that block. */
const CHANNEL = 'child_process';

/** For children that were told to end. */
const MOST_WAIT_MS = 500;

/** Whose a process is. */
interface Owner extends FileIdentity {
  readonly test?: string;
}

interface Watched {
  readonly child: ChildProcess;
  readonly watch: ProcessWatch;
  readonly owner: Owner;
  outlived: boolean;
}

/** One test file in one run. While it lives, children find in `process.env` that they are to report. */
export class ChildTracking {
  readonly #file: FileIdentity;
  readonly #root: string;
  readonly #log: WorkerLog;
  readonly #owners = new Map<string, Owner>();
  readonly #watched = new Map<number, Watched>();
  readonly #written = new Set<string>();
  readonly #filePrefix: string;
  readonly #environment: ReturnType<typeof setEnvironment>;
  #owner: Owner;

  /** @param project that runs the file; undefined without projects */
  constructor(
    file: string,
    root: string,
    runner: RunFile['runner']['name'],
    project?: string,
  ) {
    lastOfWorker()?.abandon();
    this.#file = fileIdentity(root, file, project);
    this.#root = root;
    this.#log = openWorkerLog(root, runner);
    this.#owner = this.#file;
    this.#filePrefix = newPrefix();
    this.#owners.set(this.#filePrefix, this.#owner);
    // Jest gives tests a copy; `spawn` without `env` takes the real one.
    this.#environment = setEnvironment(
      [...new Set([realProcess().env, process.env])],
      this.#filePrefix,
    );
    subscribe(CHANNEL, this.#onStart);
    setLastOfWorker(this);
  }

  /** A try of a test begins; without one a process belongs to the file. */
  enter(test: TestName | undefined): void {
    if (test === undefined) return;
    this.#owner = {
      ...this.#file,
      test: recordKey(identityOf(test, this.#file)),
    };
    const prefix = newPrefix();
    this.#owners.set(prefix, this.#owner);
    this.#environment.setPrefix(prefix);
  }

  /** A try of a test has ended, with its hooks. */
  leave(): void {
    const file = this.#owners.get(this.#filePrefix);
    if (file === undefined || this.#owner === file) return;
    for (const one of this.#watched.values()) {
      if (one.owner === this.#owner && one.watch.isRunning()) one.outlived = true;
    }
    this.#owner = file;
    this.#environment.setPrefix(this.#filePrefix);
  }

  /** The file and its hooks are over: what still runs is recorded as it is. */
  async finish(): Promise<void> {
    const isToldToEnd = ({ child, watch }: Watched): boolean =>
      watch.isRunning() && child.killed;
    const ending = [...this.#watched.values()].filter(isToldToEnd);
    const given = new AbortController();
    await Promise.race([
      Promise.all(ending.map(({ watch }) => watch.ended)),
      later(MOST_WAIT_MS, undefined, { signal: given.signal, ref: false }).catch(
        () => {},
      ),
    ]);
    given.abort();
    for (const one of this.#watched.values()) {
      one.outlived ||= one.watch.isRunning();
      this.#write(one);
      one.watch.close();
    }
    for (const report of this.#reports()) this.#writeReport(report);
    this.abandon();
  }

  /** Without a record of what runs. */
  abandon(): void {
    if (lastOfWorker() === this) setLastOfWorker(undefined);
    unsubscribe(CHANNEL, this.#onStart);
    this.#environment.restore();
    for (const { watch } of this.#watched.values()) watch.close();
    this.#watched.clear();
    dropReports();
    this.#owners.clear();
  }

  readonly #onStart = (message: unknown): void => {
    const { process: child } = message as { readonly process: ChildProcess };
    const owner = this.#owner;
    spareRestricted(child);
    // It is told of before it has an id.
    void Promise.resolve().then(() => {
      if (child.pid === undefined || !this.#owners.has(this.#filePrefix)) return;
      const watch = watchProcess(child, child.pid, this.#root);
      const watched: Watched = { child, watch, owner, outlived: false };
      this.#watched.set(watch.pid, watched);
      void watch.ended.then(() => this.#write(watched));
    });
  };

  /** Once for each. */
  #write({ watch, owner, outlived }: Watched): void {
    const key = `child ${watch.pid}`;
    if (this.#written.has(key)) return;
    this.#written.add(key);
    for (const program of watch.programs())
      this.#log.append({ kind: 'process', ...recordOf(program, owner, outlived) });
    const { pid } = realProcess();
    this.#log.append({
      kind: 'process',
      ...recordOf({ ...watch.own(), parentPid: pid }, owner, outlived),
    });
  }

  #writeReport(report: FoundReport): void {
    const owner = this.#owners.get(report.prefix);
    const key = `${report.pid} ${report.startedAtMs}`;
    if (owner === undefined || this.#watched.has(report.pid) || this.#written.has(key))
      return;
    this.#written.add(key);
    const measured = nowOf(report, this.#root);
    const isRunning =
      report.end === undefined && typeof measured.peakRssBytes === 'number';
    this.#log.append({
      kind: 'process',
      ...recordOf(measured, owner, isRunning),
    });
  }

  #reports(): readonly FoundReport[] {
    return findReports(reportsFolder()).filter(({ prefix }) => this.#owners.has(prefix));
  }
}

interface World {
  [KEY]?: ChildTracking | undefined;
}

const KEY: unique symbol = Symbol.for('highwater.children.last') as never;

/** A file that could not be loaded never finishes. */
function lastOfWorker(): ChildTracking | undefined {
  return firstWorld<World>()[KEY];
}

function setLastOfWorker(one: ChildTracking | undefined): void {
  firstWorld<World>()[KEY] = one;
}
