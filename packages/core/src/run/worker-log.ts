// What a worker writes down while its tests run: a line for each record, on the disk when the call
// returns. A worker that is killed loses the line it was writing.

import { join } from 'node:path';
import { threadId } from 'node:worker_threads';
import { appender } from '../appender.js';
import { currentWorld } from '../baseline/environment.js';
import { uniqueName } from '../unique-name.js';
import { VERSION } from '../version.js';
import { makeFolders, workersFolder } from './paths.js';
import { RUN_VERSION, type WorkerHeader } from './schema.js';
import type { RunFile, WorkerRecord } from './types.js';

/** A worker's own file. */
export interface WorkerLog {
  /** `<pid>-<threadId>`, for {@link FileRecord.worker}. */
  readonly worker: string;
  /** Never throws: a full disk fails no test. What is lost is told once, as a warning of the process. */
  readonly append: (record: WorkerRecord) => void;
  /** Lets go of the file, until the next record. */
  readonly close: () => void;
}

/**
 * A new file in `<root>/.highwater/workers`, made with the first record.
 *
 * @param root the project's; the process that merges must use the same
 * @param runner for a run that nobody merges, because it was interrupted
 * @param keepsOpen for many records: until `close`, the file stays open
 */
export function openWorkerLog(
  root: string,
  runner: RunFile['runner']['name'],
  keepsOpen = false,
): WorkerLog {
  const worker = `${process.pid}-${threadId}`;
  const file = appender(join(workersFolder(root), `${worker}-${uniqueName()}.jsonl`));
  let state: 'new' | 'whole' | 'broken' = 'new';
  let isTold = false;
  return {
    worker,
    close: file.close,
    append(record) {
      try {
        if (state === 'new') {
          makeFolders(root);
          file.append(lineOf(headerOf(worker, runner)));
          state = 'whole';
        }
        const line = lineOf(record);
        // Half a line may be there from a write that failed; it must not take this one with it.
        file.append(state === 'broken' ? `\n${line}` : line);
        state = 'whole';
        if (!keepsOpen) file.close();
      } catch (error) {
        if (state === 'whole') state = 'broken';
        if (isTold) return;
        isTold = true;
        process.emitWarning(
          `highwater cannot record this run: ${error instanceof Error ? error.message : String(error)}`,
        );
      }
    },
  };
}

function lineOf(record: WorkerRecord | WorkerHeader): string {
  return `${JSON.stringify(record)}\n`;
}

function headerOf(worker: string, runner: WorkerHeader['runner']): WorkerHeader {
  return {
    kind: 'worker',
    version: RUN_VERSION,
    highwater: VERSION,
    ...currentWorld(),
    runner,
    worker,
    startedAt: new Date().toISOString(),
  };
}
