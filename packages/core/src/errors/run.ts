// What can stop a reader of runs.

import type { FilePosition } from './baseline.js';
import { HighwaterError } from './highwater-error.js';
import { lines, showThrown } from './show.js';

/** Builds each error; the caller throws it. `file` is the path of a run file. */
export const runErrors = {
  /** `problem` completes "The run file cannot be read: ...". */
  runUnreadable(file: string, problem: string, at?: FilePosition): HighwaterError {
    const place = at === undefined ? file : `${file}:${at.line}:${at.column}`;
    return new HighwaterError(
      'run-unreadable',
      lines(
        `The run file cannot be read: ${problem}.`,
        `  at ${place}`,
        'Run the tests again, or fetch the file again.',
      ),
    );
  },

  runNotRead(file: string, cause: unknown): HighwaterError {
    return new HighwaterError(
      'run-unreadable',
      lines(
        `The run file cannot be read: ${isMissing(cause) ? 'there is none.' : showThrown(cause)}`,
        `  at ${file}`,
        'A test run with tracking on writes it: HIGHWATER=1 npx vitest run',
      ),
      { cause },
    );
  },

  runTooNew(file: string, version: number, known: number): HighwaterError {
    return new HighwaterError(
      'run-too-new',
      lines(
        `The run file was written by a newer highwater: its format is ${version}, this one reads ${known}.`,
        `  at ${file}`,
        'Update highwater.',
      ),
    );
  },

  runNotWritten(file: string, cause: unknown): HighwaterError {
    return new HighwaterError(
      'run-not-written',
      lines(
        `The run file could not be written: ${showThrown(cause)}`,
        `  at ${file}`,
        'What was there is unharmed. Check the free space, and that the folder may be written to.',
      ),
      { cause },
    );
  },

  /** `what` is what the runs differ in: `'Node'`; `verb` what cannot be done with them: `'merged'`. */
  runsDiffer(
    verb: 'merged' | 'compared',
    what: string,
    first: string,
    other: string,
  ): HighwaterError {
    return new HighwaterError(
      'runs-differ',
      lines(
        `Runs of different ${what} cannot be ${verb}: ${first} and ${other}.`,
        'Numbers follow it more than they follow the code: take runs of one environment at a time.',
      ),
    );
  },
} as const;

function isMissing(cause: unknown): boolean {
  return (cause as NodeJS.ErrnoException | undefined)?.code === 'ENOENT';
}
