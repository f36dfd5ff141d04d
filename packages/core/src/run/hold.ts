// A worker that still has something to record when its last file is over asks the run to wait for it: a
// file on the disk says so, because runners have no channel for that.

import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as later } from 'node:timers/promises';
import { isAlive } from '../alive.js';
import { namesIn } from '../folder.js';
import { makeFolders, workersFolder } from './paths.js';

const HOLD = /^(\d+)-\d+\.hold$/;
const LOOK_EVERY_MS = 5;
/** A worker that was stopped lets go of nothing any more. */
const MOST_MS = 30_000;

/**
 * @param worker `<pid>-<threadId>`
 * @param file the test file that something is to be recorded of
 * @returns lets the run end
 */
export function holdRun(root: string, worker: string, file: string): () => void {
  const path = join(workersFolder(root), `${worker}.hold`);
  try {
    makeFolders(root);
    writeFileSync(path, file);
  } catch {
    // What cannot be written now cannot be recorded later.
  }
  return () => rmSync(path, { force: true });
}

/**
 * Comes back when no worker that is alive holds the run.
 *
 * @param file only holds for that one matter
 */
export async function untilNobodyHolds(root: string, file?: string): Promise<void> {
  const until = performance.now() + MOST_MS;
  while (holdsIn(root, file).length > 0 && performance.now() < until) {
    await later(LOOK_EVERY_MS);
  }
}

/** To be called before a run: takes away what workers left that were killed. */
export function dropHolds(root: string): void {
  for (const name of namesIn(workersFolder(root))) {
    const [, pid] = HOLD.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    rmSync(join(workersFolder(root), name), { force: true });
  }
}

function holdsIn(root: string, file: string | undefined): readonly string[] {
  return namesIn(workersFolder(root)).filter((name) => {
    const [, pid] = HOLD.exec(name) ?? [];
    if (pid === undefined || !isAlive(Number(pid))) return false;
    return file === undefined || textOf(join(workersFolder(root), name)) === file;
  });
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
