// What a runner does when a stack is formatted, it does for itself: it reads files and parses their source maps. While a
// body runs that is not measured.

import { firstWorld } from '../first-world.js';
import { native } from '../native.js';

type Format = NonNullable<typeof Error.prepareStackTrace>;

/** An `Error`, and which function of it is the runner's. */
interface Formatting {
  readonly errors: ErrorConstructor;
  readonly isOfRunner: (format: Format) => boolean;
}

// This is loaded before the tests: what a test or its set-up installs later is theirs.
const atLoad = Error.prepareStackTrace;

const own: Formatting = { errors: Error, isOfRunner: (format) => format === atLoad };

const { Error: outside } = firstWorld<{ Error: ErrorConstructor }>();

/** Jest's, and Babel's on top of it, are in the world that tests do not see; Node asks it for their errors, too. */
const known: readonly Formatting[] =
  outside === Error ? [own] : [own, { errors: outside, isOfRunner: () => true }];

const unmeasured = new WeakMap<Format, Format>();

function unmeasuredOf(format: Format): Format {
  const made = unmeasured.get(format) ?? native().unmeasured(format);
  unmeasured.set(format, made);
  // Of a body that did not end, it is still there.
  unmeasured.set(made, made);
  return made;
}

/** @returns to be called when the body has ended */
export function leaveOutStackFormat(): () => void {
  const putBack = known.map(swap);
  return () => {
    for (const one of putBack) one();
  };
}

function swap({ errors, isOfRunner }: Formatting): () => void {
  const format = errors.prepareStackTrace;
  if (typeof format !== 'function' || !isOfRunner(format)) return () => {};
  const ours = unmeasuredOf(format);
  errors.prepareStackTrace = ours;
  return () => {
    if (errors.prepareStackTrace === ours) errors.prepareStackTrace = format;
  };
}
