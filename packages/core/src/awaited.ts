// Async matchers that nobody awaited. A runner shows such a test as passed, and blames
// the failure on whichever test runs next; so each test's end asks here.

import { errors, HighwaterError } from './errors.js';

const underWay = new Map<Promise<unknown>, Forgotten>();

interface Forgotten {
  readonly matcher: string;
  readonly called: Error;
}

/**
 * Remembers a matcher's promise until it settles.
 *
 * @param matcher as written: `'not.toNotLeak()'`
 * @param called made where the matcher was called
 */
export function expectAwait<T>(
  matcher: string,
  result: Promise<T>,
  called: Error,
): Promise<T> {
  underWay.set(result, { matcher, called });
  const settled = (): void => {
    underWay.delete(result);
  };
  result.then(settled, settled);
  return result;
}

/**
 * To be called when a test's own function has ended: what still runs then was not awaited.
 * Waits for it, so that the next test has the process to itself.
 *
 * @throws HighwaterError `not-awaited`
 */
export async function checkAwaited(): Promise<void> {
  const [first] = underWay.values();
  if (first === undefined) return;
  await Promise.allSettled(underWay.keys());
  throw blameCaller(errors.notAwaited(first.matcher), first.called);
}

/** An error that came up in a timer or a callback shows the line of the matcher instead. */
export function blameCaller(error: unknown, called: Error): unknown {
  if (error instanceof HighwaterError && called.stack !== undefined) {
    error.stack = called.stack.replace(/^.*$/m, () => `${error.name}: ${error.message}`);
  }
  return error;
}
