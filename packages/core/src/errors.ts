// Every text a user can be stopped by, in one place: first what is wrong, in the
// user's words, then what to do about it.

import { baselineErrors } from './errors/baseline.js';
import { childErrors } from './errors/children.js';
import { HighwaterError } from './errors/highwater-error.js';
import { runErrors } from './errors/run.js';
import { lines, show, showThrown } from './errors/show.js';
import { trackingErrors } from './errors/tracking.js';
import type { Metric } from './types.js';

export { type ErrorCode, HighwaterError } from './errors/highwater-error.js';

const EXAMPLE = "expect(() => parse(doc)).toAllocateLessThan('5MB')";

const NATIVE_WORDS: Readonly<Record<Metric, string>> = {
  allocatedBytes: 'allocated native bytes',
  allocatedCount: 'allocated native blocks',
  peakBytes: 'the peak of native bytes',
  peakUsedBytes: 'the peak of native bytes',
  retainedBytes: 'retained native bytes',
};

/** Builds each error; the caller throws it. */
export const errors = {
  /** `what` is what the size is for: `'the limit of toAllocateLessThan'`; `why` completes "..., got '5Mb': Mb means bits". */
  invalidSize(value: unknown, what: string, why?: string): HighwaterError {
    return new HighwaterError(
      'invalid-size',
      lines(
        `Expected ${what} to be a size, got ${show(value)}${why === undefined ? '' : `: ${why}`}.`,
        "Write a whole number of bytes, or a string such as '5MB' (5,000,000 bytes) or '1.5 MiB' (1,572,864 bytes).",
      ),
    );
  },

  invalidCount(value: unknown, what: string): HighwaterError {
    return new HighwaterError(
      'invalid-count',
      lines(
        `Expected ${what} to be a count, got ${show(value)}.`,
        'Write a whole number, 0 or more, such as 2_000.',
      ),
    );
  },

  /** `valid` completes "must be ...": `'a whole number above 0'`. */
  invalidOption(option: string, value: unknown, valid: string): HighwaterError {
    return new HighwaterError(
      'invalid-option',
      `Option \`${option}\` must be ${valid}, got ${show(value)}.`,
    );
  },

  /** `owner` is who takes the options: `'toNotLeak'`. */
  unknownOption(option: string, owner: string, known: readonly string[]): HighwaterError {
    const near = nearest(option, known);
    return new HighwaterError(
      'invalid-option',
      lines(
        `${owner} has no option \`${option}\`.${near === undefined ? '' : ` Did you mean \`${near}\`?`}`,
        `Its options: ${known.join(', ')}.`,
      ),
    );
  },

  /** The whole options argument is not an object. */
  invalidOptions(value: unknown, owner: string): HighwaterError {
    return new HighwaterError(
      'invalid-option',
      `The options of ${owner} must be an object such as { rounds: 3 }, got ${show(value)}.`,
    );
  },

  notAFunction(value: unknown, owner: string): HighwaterError {
    const what = isThenable(value)
      ? 'a promise: the work has begun before it could be measured'
      : show(value);
    return new HighwaterError(
      'not-a-function',
      lines(
        `${owner} measures a function, but got ${what}.`,
        `Wrap the code in a function that takes no arguments: ${EXAMPLE}`,
      ),
    );
  },

  /** `call` is 1-based; `undefined` for a later one that nobody counted. */
  functionThrew(cause: unknown, call: number | undefined): HighwaterError {
    return new HighwaterError(
      'function-threw',
      lines(
        `The measured function threw${onCall(call)}: ${showThrown(cause)}`,
        brokenCallAdvice(call),
      ),
      { cause },
    );
  },

  /** `call` is 1-based; `undefined` for a later one that nobody counted. */
  functionRejected(cause: unknown, call: number | undefined): HighwaterError {
    return new HighwaterError(
      'function-rejected',
      lines(
        `The promise of the measured function was rejected${onCall(call)}: ${showThrown(cause)}`,
        brokenCallAdvice(call),
      ),
      { cause },
    );
  },

  hookFailed(hook: 'setup' | 'teardown', cause: unknown): HighwaterError {
    return new HighwaterError(
      'hook-failed',
      lines(
        `Option \`${hook}\` failed: ${showThrown(cause)}`,
        hook === 'setup'
          ? 'It runs once, before the first call; nothing was measured.'
          : 'It runs once, after the last call, also after one that failed.',
      ),
      { cause },
    );
  },

  /** A function whose first call returned no promise returned one later. */
  changedKind(): HighwaterError {
    return new HighwaterError(
      'changed-kind',
      lines(
        'The measured function returned no promise on its first call, but did on a later one.',
        'Calls are awaited or they are not. Make it `async`, or measure the two paths apart.',
      ),
    );
  },

  overlappingMeasurement(): HighwaterError {
    return new HighwaterError(
      'overlapping-measurement',
      lines(
        'Another measurement is running in this process or worker, and each would count what the other allocates.',
        'Measure one after another:',
        '  - `await` every async matcher and every `measure()` before the next one',
        '  - no `test.concurrent` around memory matchers',
        '  - no `measure()` and no memory matcher inside a measured function',
      ),
    );
  },

  /** `cause` is the native loader's error: it knows which platform and Node this is, and what to do. */
  missingAddon(cause: unknown): HighwaterError {
    return new HighwaterError(
      'missing-addon',
      `highwater cannot measure here. ${cause instanceof Error ? cause.message : show(cause)}`,
      { cause },
    );
  },

  samplingBusy(): HighwaterError {
    return new HighwaterError(
      'sampling-busy',
      lines(
        'Another heap profiler is running in this process, and V8 allows one at a time.',
        'Run without `--heap-prof`, without a DevTools or inspector memory recording and without another profiler (APM agents have one).',
      ),
    );
  },

  /** The native ledger alone was asked for a number that it does not have; `why` where there could be one. */
  nativeNotMeasured(metric: Metric, why?: string): HighwaterError {
    return new HighwaterError(
      'native-not-measured',
      lines(
        `highwater cannot measure ${NATIVE_WORDS[metric]}${why === undefined ? '' : ` here: ${why}`}.`,
        metric === 'allocatedCount' || metric === 'peakUsedBytes'
          ? "Objects and garbage are on V8's heap. Use the ledger 'heap', or toAllocateLessThan for bytes."
          : "Use the ledger 'heap' (V8 objects).",
      ),
    );
  },

  /** `timeoutMs` in milliseconds; `calls` that were finished by then. */
  timeout(timeoutMs: number, calls: number): HighwaterError {
    return new HighwaterError(
      'timeout',
      lines(
        `The measurement did not finish within ${timeoutMs.toLocaleString('en-US')} ms (${calls.toLocaleString('en-US')} ${calls === 1 ? 'call' : 'calls'} done).`,
        calls === 0
          ? 'Not one call came back: check that the promise of the measured function settles.'
          : 'Measure less with { iterations: 1, rounds: 3 }, or allow more time with `timeoutMs`, and at least as much for the test.',
      ),
    );
  },

  /** `call` is what was written: `'toNotLeak()'`, `'not.toNotLeak()'`. */
  notAwaited(call: string): HighwaterError {
    const matcher = call.replace(/^not\./, '');
    const why = matcher === 'toBeCollectable()' ? '' : ', and its function is async';
    return new HighwaterError(
      'not-awaited',
      lines(
        `${matcher} was not awaited${why}: its verdict was lost.`,
        `Write \`await expect(fn).${call}\`.`,
      ),
    );
  },

  /** `owner` looks at one object: `'sizeOf'`. */
  notAnObject(value: unknown, owner: string): HighwaterError {
    return new HighwaterError(
      'not-an-object',
      lines(
        `${owner} looks at one object or function, but got ${show(value)}.`,
        'Other values have no place of their own on the heap. Ask for the object that holds it.',
      ),
    );
  },

  /** `which` of the arguments of heapDiff. */
  notACapture(value: unknown, which: 'first' | 'second'): HighwaterError {
    return new HighwaterError(
      'not-a-capture',
      lines(
        `The ${which} argument of heapDiff must be what captureHeap() returned, got ${show(value)}.`,
        'Write: const before = captureHeap(); ...; heapDiff(before, captureHeap())',
      ),
    );
  },

  /** The function gave toBeCollectable a value that is never collected, or not by itself. */
  nothingToWatch(value: unknown): HighwaterError {
    return new HighwaterError(
      'nothing-to-watch',
      lines(
        `toBeCollectable watches the object that the function returns, but it returned ${show(value)}.`,
        'Return the object that should go away: expect(() => openSession()).toBeCollectable()',
      ),
    );
  },

  snapshotNotWritten(file: string, cause: unknown): HighwaterError {
    return new HighwaterError(
      'snapshot-not-written',
      lines(
        `The heap snapshot could not be written to ${file}: ${showThrown(cause)}`,
        'It is about as large as the heap: check the free space, and that the folder may be written to.',
      ),
      { cause },
    );
  },

  /** V8 would take longer for the heap snapshot of a verdict than it may. */
  snapshotTooLarge(
    objectCount: number,
    seconds: number,
    allowedSeconds: number,
    enoughSeconds: number,
  ): HighwaterError {
    return new HighwaterError(
      'snapshot-too-large',
      lines(
        `The heap has ${objectCount.toLocaleString('en-US')} objects: a snapshot would take about ${seconds.toLocaleString('en-US')} s of CPU, and ${allowedSeconds} s are allowed.`,
        `To wait for it, set HIGHWATER_SNAPSHOT_SECONDS=${enoughSeconds}.`,
      ),
    );
  },

  ...baselineErrors,
  ...runErrors,
  ...trackingErrors,
  ...childErrors,
} as const;

function onCall(call: number | undefined): string {
  return call === undefined
    ? ' on a later call'
    : ` on call ${call.toLocaleString('en-US')}`;
}

function brokenCallAdvice(call: number | undefined): string {
  return call === 1
    ? 'Only calls that succeed can be measured: fix it, or catch inside it what is expected.'
    : 'It is called many times, warm-up included: make every call start from the same state.';
}

function isThenable(value: unknown): boolean {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}

/** The known name a typing mistake away from `name`, if there is one. */
function nearest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const replaced =
        (previous[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1);
      const removed = (previous[column] ?? 0) + 1;
      const added = (current[column - 1] ?? 0) + 1;
      current.push(Math.min(replaced, removed, added));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
