// From the files of workers to one run.

import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isAlive } from '../alive.js';
import { currentWorld } from '../baseline/environment.js';
import { namesIn } from '../folder.js';
import { VERSION } from '../version.js';
import { judgeLeftBehind } from './file-limit.js';
import { lostRecords, oneOfEach } from './identities.js';
import { inProject } from './keys.js';
import { runPath, workersFolder } from './paths.js';
import { readWorkerFile, type WorkerLines } from './read-workers.js';
import { writeRun } from './run-file.js';
import type {
  FileIdentity,
  FileRecord,
  FileRun,
  RunAbout,
  RunFile,
  TestRecord,
  WorkerRecord,
} from './types.js';

const WORKER_FILE = /^(\d+)-\d+-[\w-]+\.jsonl$/;

/**
 * To be called before the workers start: takes away what runs left behind that nobody merged. Files
 * of processes that are alive stay.
 */
export function startRun(root: string): void {
  for (const name of workerFiles(root)) {
    const [, pid] = WORKER_FILE.exec(name) ?? [];
    if (!isAlive(Number(pid))) rmSync(join(workersFolder(root), name), { force: true });
  }
}

/**
 * To be called when every test has ended: merges what the workers wrote into `<root>/.highwater/run.json`,
 * and takes their files away.
 *
 * @param ran every file, as the runner knows it: tests that have no record are told of
 * @throws HighwaterError `run-not-written`; the files of the workers are then left
 */
export function finishRun(
  root: string,
  about: RunAbout,
  ran: readonly FileRun[] = [],
): RunFile {
  const names = workerFiles(root);
  const paths = names.map((name) => join(workersFolder(root), name));
  const run = runOf(paths.map(readWorkerFile), about, ran);
  writeRun(runPath(root), run);
  for (const path of paths) rmSync(path, { force: true });
  return run;
}

/**
 * What an interrupted run recorded, without a change on the disk; `undefined` when there is nothing that
 * nobody merged. Such records are newer than a `run.json` beside them.
 */
export function recoverRun(root: string): RunFile | undefined {
  const paths = workerFiles(root).map((name) => join(workersFolder(root), name));
  const workers = paths.map(readWorkerFile);
  const headers = workers.flatMap(({ header }) => (header === undefined ? [] : [header]));
  const [first] = headers;
  if (first === undefined) return undefined;
  const started = Math.min(...headers.map(({ startedAt }) => Date.parse(startedAt)));
  const ended = Math.max(...paths.map((path) => statSync(path).mtimeMs));
  const run = runOf(workers, {
    runner: { name: first.runner, version: 'unknown' },
    startedAt: new Date(started).toISOString(),
    durationMs: Math.max(0, Math.round(ended - started)),
  });
  const problem = 'The run did not come to its end: this is what was recorded by then.';
  return { ...run, problems: [problem, ...run.problems] };
}

/** Tests sorted by file, in the order they ended. */
export function runOf(
  workers: readonly WorkerLines[],
  about: RunAbout,
  ran: readonly FileRun[] = [],
): RunFile {
  const records = workers.flatMap((worker) => worker.records);
  const { tests, fault } = oneOfEach(
    workers.map((worker) => ({
      tests: only(worker.records, 'test'),
      hasEnded: endedIn(worker.records),
    })),
  );
  const started = new Set(only(records, 'start').map(nameOf));
  const lost = lostRecords(
    tests,
    ran.filter((file) => file.isToTrack || started.has(nameOf(file))),
  );
  const faults = [fault, lost].filter((text) => text !== undefined);
  const header = workers.find((worker) => worker.header !== undefined)?.header;
  const { highwater, node, v8, platform, arch } = header ?? {
    highwater: VERSION,
    ...currentWorld(),
  };
  const { runner, shard, startedAt, durationMs } = about;
  return {
    version: 1,
    highwater,
    node,
    v8,
    platform,
    arch,
    runner,
    ...(shard === undefined ? {} : { shard }),
    startedAt,
    durationMs,
    tests: sortedByFile(tests),
    files: sortedByFile([...only(records, 'file'), ...notLookedAt(records, tests)]),
    processes: only(records, 'process'),
    problems: [
      ...workers.flatMap((worker) => worker.problems),
      ...lostFiles(workers),
      ...new Set(only(records, 'problem').map(({ text }) => text)),
    ],
    ...(faults.length > 0 && { faults }),
    cost: {
      trackingMs: only(records, 'cost').reduce((sum, one) => sum + one.trackingMs, 0),
    },
  };
}

type Of<Kind extends WorkerRecord['kind']> = Omit<
  Extract<WorkerRecord, { kind: Kind }>,
  'kind'
>;

function only<Kind extends WorkerRecord['kind']>(
  records: readonly WorkerRecord[],
  kind: Kind,
): readonly Of<Kind>[] {
  return records
    .filter((record) => record.kind === kind)
    .map(({ kind: _, ...rest }) => rest as unknown as Of<Kind>);
}

/** Files that somebody was to look after, and did not. */
function notLookedAt(
  records: readonly WorkerRecord[],
  tests: readonly TestRecord[],
): readonly FileRecord[] {
  const keyOf = ({
    file,
    order,
    worker,
  }: Pick<FileRecord, 'file' | 'order' | 'worker'>) =>
    JSON.stringify([file, order, worker]);
  const lookedAt = new Set(only(records, 'file').map(keyOf));
  // What was skipped, or could not be loaded, has no test that ran.
  const ran = new Set(tests.filter(({ state }) => state !== 'skipped').map(nameOf));
  return only(records, 'look')
    .filter((look) => ran.has(nameOf(look)) && !lookedAt.has(keyOf(look)))
    .map(({ limit, ...look }) => ({
      ...look,
      notSearched: NOT_LOOKED,
      classes: [],
      heldBy: [],
      ...judgeLeftBehind(limit, undefined),
    }));
}

const NOT_LOOKED =
  'its worker was gone, or another measurement was under way, when it was over';

/** Files that a worker began and never ended, with what is known of them; not those that ran again, and ended. */
function lostFiles(workers: readonly WorkerLines[]): readonly string[] {
  const ended = new Set(
    workers.flatMap(({ records }) => only(records, 'end').map(nameOf)),
  );
  return workers.flatMap(({ records }) =>
    only(records, 'start')
      .map(nameOf)
      .filter((name) => !ended.has(name))
      .map((name) => {
        const count = only(records, 'test').filter(
          (test) => nameOf(test) === name,
        ).length;
        const kept = count === 1 ? '1 test of it is' : `${count} tests of it are`;
        return `The worker of ${name} ended before the file did; ${kept} recorded.`;
      }),
  );
}

function endedIn(records: readonly WorkerRecord[]): (file: FileIdentity) => boolean {
  const ended = new Set(only(records, 'end').map(nameOf));
  return (file) => ended.has(nameOf(file));
}

function nameOf({ project, file }: FileIdentity): string {
  return inProject(project, file);
}

/** Files of one project stay together. */
function sortedByFile<Item extends FileIdentity>(
  items: readonly Item[],
): readonly Item[] {
  const order = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);
  return [...items].sort(
    (a, b) => order(a.file, b.file) || order(a.project ?? '', b.project ?? ''),
  );
}

function workerFiles(root: string): readonly string[] {
  return namesIn(workersFolder(root))
    .filter((name) => WORKER_FILE.test(name))
    .sort();
}
