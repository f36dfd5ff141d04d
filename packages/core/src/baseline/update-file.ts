// Changing a file that other processes change too, so that at every moment it is whole.
//
//   make ticket/ with our file in it
//        │
//   rename ticket/ to lock/ ─ not empty ─> remove files of the dead from it, wait ─┐
//        │        ^──────────────────────────────────────────────────────────────┘
//   read, change, write into our file in lock/
//        │
//   rename our file to the target ─ it is gone ─> somebody thought us dead: start again
//
// A rename replaces an empty folder and no other, so the lock comes into being with its owner's file in it,
// and there is one owner. The owner's file is what becomes the target: whoever loses the lock has
// nothing to rename, and whoever gets it reads what the loser wrote before. A process that is killed
// leaves a folder behind, never half a file.

import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { isAlive } from '../alive.js';
import { namesIn } from '../folder.js';
import { uniqueName } from '../unique-name.js';

const POLL_MS = 10;
/** Of another machine nobody can say whether it is alive; a lock is held for a read and a write. */
const STALE_MS = 10_000;

/** What becomes of the file: a new text, or nothing at all. */
export type FileChange = { readonly text: string } | 'delete' | 'keep';

/** Somebody held the lock all the time. */
export class LockedError extends Error {
  override readonly name = 'LockedError';
  readonly lock: string;
  readonly waitedMs: number;

  constructor(lock: string, waitedMs: number) {
    super(`locked by ${lock}`);
    this.lock = lock;
    this.waitedMs = waitedMs;
  }
}

/**
 * Replaces a file by what `change` makes of it. `change` may be called several times, and nothing is
 * touched when it throws. Links are followed.
 *
 * @param change gets the present text, `undefined` when there is no file
 * @throws LockedError after `patienceMs`; what the file system and `change` throw
 */
export function updateFile(
  file: string,
  change: (text: string | undefined) => FileChange,
  patienceMs = 30_000,
): void {
  const target = realPath(file);
  mkdirSync(dirname(target), { recursive: true });
  const lock = `${target}.lock`;
  const start = Date.now();
  for (;;) {
    const own = join(lock, takeLock(lock, start, patienceMs));
    try {
      if (commit(target, own, change)) return;
    } finally {
      rmSync(own, { force: true });
      removeIfEmpty(lock);
    }
  }
}

/** The text of a file; `undefined` when there is none. */
export function readIfThere(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** @returns the name of our file in the lock */
function takeLock(lock: string, start: number, patienceMs: number): string {
  const name = `${process.pid}@${hostname()}@${uniqueName()}`;
  const ticket = `${lock}.${name}`;
  try {
    mkdirSync(ticket);
    writeFileSync(join(ticket, name), '');
    while (!isRenamed(ticket, lock)) {
      for (const other of namesIn(lock)) {
        if (isGone(join(lock, other), other)) rmSync(join(lock, other), { force: true });
      }
      const waitedMs = Date.now() - start;
      if (waitedMs > patienceMs) throw new LockedError(lock, waitedMs);
      sleep(POLL_MS * (0.5 + Math.random()));
    }
    removeTicketsOfTheDead(lock);
    return name;
  } catch (error) {
    rmSync(ticket, { recursive: true, force: true });
    throw error;
  }
}

/** False when the lock was taken from us in the meantime. */
function commit(
  target: string,
  own: string,
  change: (text: string | undefined) => FileChange,
): boolean {
  const wanted = change(readIfThere(target));
  if (wanted === 'keep') return true;
  if (wanted === 'delete') {
    if (!existsSync(own)) return false;
    rmSync(target, { force: true });
    return true;
  }
  try {
    writeDurably(own, wanted.text);
    renameSync(own, target);
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function isRenamed(ticket: string, lock: string): boolean {
  try {
    renameSync(ticket, lock);
    return true;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(codeOf(error) ?? '')) return false;
    throw error;
  }
}

/** On the disk, not only in its cache: a rename may reach it before the bytes do. */
function writeDurably(file: string, text: string): void {
  // It must be there: in somebody else's lock it would be a second owner's.
  const descriptor = openSync(file, 'r+');
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function removeTicketsOfTheDead(lock: string): void {
  const prefix = `${basename(lock)}.`;
  for (const name of namesIn(dirname(lock))) {
    if (!name.startsWith(prefix)) continue;
    const ticket = join(dirname(lock), name);
    if (isGone(ticket, name.slice(prefix.length))) {
      rmSync(ticket, { recursive: true, force: true });
    }
  }
}

/** Whether a process has ended without removing what is called after it. */
function isGone(path: string, name: string): boolean {
  const [, pid, host] = /^(\d+)@(.*)@[\w-]+$/.exec(name) ?? [];
  if (pid !== undefined && host === hostname()) return !isAlive(Number(pid));
  const made = statSync(path, { throwIfNoEntry: false });
  return made !== undefined && Date.now() - made.mtimeMs > STALE_MS;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Not empty, or gone.
  }
}

function realPath(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

/** Without turns of the event loop: a matcher is synchronous. */
function sleep(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code;
}
