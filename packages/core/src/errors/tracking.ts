// What stops somebody who sets limits for tests.

import { HighwaterError } from './highwater-error.js';
import { lines } from './show.js';

export const trackingErrors = {
  /** `owner` is where the limits stand: `'highwater({ limits })'`. */
  leakLimitOfSuite(owner: string): HighwaterError {
    return new HighwaterError(
      'invalid-option',
      lines(
        `${owner} has a limit \`leak\`, but that is for single tests: it calls the body of a test again and again.`,
        "Write it at the test: test('x', withMemoryLimit({ leak: false }, fn))",
      ),
    );
  },

  /** `why` completes "cannot be held: ...": `'it is concurrent'`. */
  limitNotMeasured(why: string): HighwaterError {
    return new HighwaterError(
      'limit-not-measured',
      lines(
        `The memory limit of this test cannot be held: ${why}.`,
        why.includes('concurrent')
          ? 'Memory is counted for a whole thread. Take `.concurrent` off the test.'
          : 'A matcher calls its function many times, and collects. Put the limit and the matcher into tests of their own.',
      ),
    );
  },

  /** A worker that runs one file is gone with all that the file left. */
  leftBehindNotLooked(): HighwaterError {
    return new HighwaterError(
      'limit-not-measured',
      lines(
        'The limit `leftBehind` cannot be held: with `isolate: true` the worker ends with its file, and all that it left.',
        'Set `isolate: false`, or a pool of vm contexts (`vmThreads`, `vmForks`), or take the limit away.',
      ),
    );
  },
} as const;
