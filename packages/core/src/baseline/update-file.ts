// Changing a file that other processes change too, so that at every moment it is whole.
//
//   mkdir lock ─ taken ─> read ─> write lock/<token> ─> rename it to the file ─> remove lock
//        ^         │                                         │
//        │         └─ wait; remove it if its owner is gone   └─ lock/<token> is gone: somebody
//        └──────────────────────────────────────────────────── took the lock away; start again
//
// The new content lies inside the lock until it is renamed. So a process whose lock was taken away,
// even wrongly, has nothing to rename, and whoever holds the lock has read what is there now.
// A process that is killed leaves a lock behind, never half a file.

import { randomUUID } from 'node:crypto';
import {
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmdirSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { dirname, join } from 'node:path';

const POLL_MS = 10;
/** Nobody needs a lock for longer: it is held for a read and a write. */
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
  const lock = `${target}.lock`;
  const start = Date.now();
  for (;;) {
    mkdirSync(dirname(target), { recursive: true });
    if (takeLock(lock)) {
      if (commitLocked(target, lock, change)) return;
    } else if (isStale(lock)) {
      rmSync(lock, { recursive: true, force: true });
    } else {
      const waitedMs = Date.now() - start;
      if (waitedMs > patienceMs) throw new LockedError(lock, waitedMs);
      sleep(POLL_MS * (0.5 + Math.random()));
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

function takeLock(lock: string): boolean {
  try {
    mkdirSync(lock);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

/** False when the lock was taken away in the meantime. */
function commitLocked(
  target: string,
  lock: string,
  change: (text: string | undefined) => FileChange,
): boolean {
  const owner = join(lock, `${process.pid}@${hostname()}`);
  const fresh = join(lock, randomUUID());
  try {
    if (!isStillOurs(() => writeFileSync(owner, ''))) return false;
    const wanted = change(readIfThere(target));
    if (wanted === 'keep') return true;
    if (wanted === 'delete') return isStillOurs(() => renameSync(target, fresh));
    return (
      isStillOurs(() => writeDurably(fresh, wanted.text)) &&
      isStillOurs(() => renameSync(fresh, target))
    );
  } finally {
    // Only what is ours: the folder may be somebody else's lock by now.
    rmSync(fresh, { force: true });
    rmSync(owner, { force: true });
    removeIfEmpty(lock);
  }
}

function isStillOurs(step: () => void): boolean {
  try {
    step();
    return true;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

/** On the disk, not only in its cache: a rename may reach it before the bytes do. */
function writeDurably(file: string, text: string): void {
  const descriptor = openSync(file, 'wx');
  try {
    writeFileSync(descriptor, text);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

function isStale(lock: string): boolean {
  try {
    const ageMs = Date.now() - statSync(lock).mtimeMs;
    return ageMs > STALE_MS || readdirSync(lock).some(isOfDeadProcess);
  } catch {
    // It is being removed.
    return false;
  }
}

function isOfDeadProcess(name: string): boolean {
  const [, pid, host] = /^(\d+)@(.*)$/.exec(name) ?? [];
  if (pid === undefined || host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return codeOf(error) === 'ESRCH';
  }
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
