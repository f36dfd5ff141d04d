// What can stop a user of baselines.

import { HighwaterError } from './highwater-error.js';
import { lines, show, showThrown } from './show.js';

/** Both 1-based. */
export interface FilePosition {
  readonly line: number;
  readonly column: number;
}

const RESTORE =
  'It was left as it is. Restore it from version control, or delete it and record it again.';

/** Builds each error; the caller throws it. `file` is the path of a baseline file. */
export const baselineErrors = {
  /** `problem` completes "The baseline file cannot be read: ...". */
  baselineUnreadable(file: string, problem: string, at?: FilePosition): HighwaterError {
    const place = at === undefined ? file : `${file}:${at.line}:${at.column}`;
    return new HighwaterError(
      'baseline-unreadable',
      lines(`The baseline file cannot be read: ${problem}.`, `  at ${place}`, RESTORE),
    );
  },

  baselineConflict(file: string, line: number): HighwaterError {
    return new HighwaterError(
      'baseline-unreadable',
      lines(
        'The baseline file has an unresolved merge conflict.',
        `  at ${file}:${line}:1`,
        'It was left as it is. Take either side, then record what differs with -u.',
      ),
    );
  },

  baselineTooNew(file: string, version: number, known: number): HighwaterError {
    return new HighwaterError(
      'baseline-too-new',
      lines(
        `The baseline file was written by a newer highwater: its format is ${version}, this one reads ${known}.`,
        `  at ${file}`,
        'It was left as it is. Update highwater.',
      ),
    );
  },

  baselineNotRead(file: string, cause: unknown): HighwaterError {
    return new HighwaterError(
      'baseline-unreadable',
      lines(
        `The baseline file cannot be read: ${showThrown(cause)}`,
        `  at ${file}`,
        'Check that it is a file, and that you may read it.',
      ),
      { cause },
    );
  },

  baselineNotWritten(file: string, cause: unknown): HighwaterError {
    return new HighwaterError(
      'baseline-not-written',
      lines(
        `The baseline could not be written: ${showThrown(cause)}`,
        `  at ${file}`,
        'What was there is unharmed. Check the free space, and that the folder may be written to.',
      ),
      { cause },
    );
  },

  baselineLocked(file: string, lock: string, waitedMs: number): HighwaterError {
    return new HighwaterError(
      'baseline-locked',
      lines(
        `The baseline could not be written: for ${Math.round(waitedMs / 1000)} s other processes kept it locked.`,
        `  at ${file}`,
        `When no other test run is under way, delete ${lock}`,
      ),
    );
  },

  /** `what` is the number: `'the peak of V8's heap'`. */
  baselineTooNoisy(what: string, value: string, spread: string): HighwaterError {
    return new HighwaterError(
      'baseline-too-noisy',
      lines(
        `No baseline was recorded: ${what} has more spread than signal (${value} per call, and ${spread} between rounds).`,
        'Let every call do the same: prepare with `setup`, and leave out what depends on time or chance.',
        'Or record other numbers: toMatchMemoryBaseline({ metrics: [...] }).',
      ),
    );
  },

  baselineNegated(): HighwaterError {
    return new HighwaterError(
      'baseline-negated',
      lines(
        'not.toMatchMemoryBaseline() says nothing: any change at all would make it hold.',
        'Drop `.not`, or write the limit that is meant: toAllocateLessThan(size).',
      ),
    );
  },

  baselineConcurrent(): HighwaterError {
    return new HighwaterError(
      'baseline-concurrent',
      lines(
        'toMatchMemoryBaseline() in a concurrent test: what runs beside it would be measured with it.',
        'Write `test` instead of `test.concurrent`.',
      ),
    );
  },

  /** `setup` is what is missing, for the runner at hand. */
  baselineWithoutSetup(): HighwaterError {
    return new HighwaterError(
      'baseline-without-setup',
      lines(
        'toMatchMemoryBaseline() does not know which test it is in: highwater is not set up, or this is not a test.',
        "Vitest: plugins: [highwater()], or setupFiles: ['@highwater/vitest/setup'].",
        "Jest: setupFilesAfterEnv: ['@highwater/jest'].",
      ),
    );
  },

  invalidTolerance(value: unknown, what: string): HighwaterError {
    return new HighwaterError(
      'invalid-option',
      lines(
        `Option \`tolerance\` must be a percentage or a size${what}, got ${show(value)}.`,
        "Write '2%', '4kB', or one for each number: { allocatedBytes: '2%', allocatedCount: 5 }.",
      ),
    );
  },
} as const;
