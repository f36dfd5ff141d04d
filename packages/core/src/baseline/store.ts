// One baseline file on disk.

import { statSync } from 'node:fs';
import { errors, HighwaterError } from '../errors.js';
import {
  applyChanges,
  type BaselineChanges,
  type BaselineFile,
  serialize,
} from './file.js';
import { parseBaseline } from './parse.js';
import { LockedError, readIfThere, updateFile } from './update-file.js';

/** Larger than any folder of tests could make it, and small enough to be read whole. */
const MOST_BYTES = 100_000_000;

/** @throws HighwaterError `baseline-unreadable`, `baseline-too-new`; no file is an empty one */
export function readBaseline(path: string): BaselineFile {
  return parsed(readText(path), path);
}

/**
 * Makes the changes to whatever the file holds by now. Without a change in meaning it keeps its bytes,
 * and without entries it goes.
 *
 * @throws HighwaterError `baseline-not-written`, `baseline-locked`, and as {@link readBaseline} does
 */
export function writeBaseline(path: string, changes: BaselineChanges): void {
  try {
    updateFile(path, (text) => {
      const before = parsed(text, path);
      const after = applyChanges(before, changes);
      const next = serialize(after);
      if (next === serialize(before)) return 'keep';
      if (after.size === 0) return 'delete';
      // As git has checked it out.
      return { text: text?.includes('\r\n') ? next.replaceAll('\n', '\r\n') : next };
    });
  } catch (cause) {
    if (cause instanceof HighwaterError) throw cause;
    if (cause instanceof LockedError) {
      throw errors.baselineLocked(path, cause.lock, cause.waitedMs);
    }
    throw errors.baselineNotWritten(path, cause);
  }
}

function parsed(text: string | undefined, path: string): BaselineFile {
  return text === undefined ? new Map() : parseBaseline(text, path);
}

function readText(path: string): string | undefined {
  try {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size > MOST_BYTES) throw new Error(`it has ${size} bytes`);
    return readIfThere(path);
  } catch (cause) {
    throw errors.baselineNotRead(path, cause);
  }
}
