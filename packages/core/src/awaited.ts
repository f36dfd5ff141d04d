// Async matchers that nobody awaited. A runner shows such a test as passed, and blames
// the failure on whichever test runs next; so each test's end asks here.

import { errors } from './errors.js';

const underWay = new Map<Promise<unknown>, string>();

/** Remembers a matcher's promise until it settles. @param matcher as written: `'not.toNotLeak()'` */
export function expectAwait<T>(matcher: string, result: Promise<T>): Promise<T> {
  underWay.set(result, matcher);
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
  throw errors.notAwaited(first);
}
