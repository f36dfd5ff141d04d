// Which test started which async matcher, while it is under way.

import { matchers as coreMatchers, errors, type MatcherContext } from '@highwater/core';

/** What Jest adds to a matcher's `this`. */
interface JestContext extends MatcherContext {
  readonly currentTestName?: string;
  /** Right in concurrent tests too, where `currentTestName` is another's. */
  readonly currentConcurrentTestName?: () => string | undefined;
  /** From 30.5 on: the test itself, concurrent or not. */
  readonly currentTestIdentity?: () => { readonly concurrent?: boolean } | undefined;
}

type AnyMatcher = (this: JestContext, received: unknown, ...args: never[]) => unknown;

const testByPromise = new Map<Promise<unknown>, string | undefined>();

/** The matchers, each noting for which test it runs. */
export const matchers = Object.fromEntries(
  Object.entries(coreMatchers).map(([name, matcher]) => [
    name,
    noting(name, matcher as AnyMatcher),
  ]),
) as typeof coreMatchers;

/** Whether a test other than the named one has a matcher under way. */
export function isAnotherTestMeasuring(testName: string | undefined): boolean {
  return [...testByPromise.values()].some((test) => test !== testName);
}

function noting(name: string, matcher: AnyMatcher): AnyMatcher {
  return function (received, ...args) {
    if (name === 'toMatchMemoryBaseline' && isConcurrent(this)) {
      throw errors.baselineConcurrent();
    }
    const result = matcher.call(this, received, ...args);
    if (result instanceof Promise) {
      const done = (): void => {
        testByPromise.delete(result);
      };
      testByPromise.set(
        result,
        this.currentConcurrentTestName?.() ?? this.currentTestName,
      );
      result.then(done, done);
    }
    return result;
  };
}

/** `beforeEach` does not know whose turn it is in a concurrent test; the matcher's context does. */
function isConcurrent({
  currentConcurrentTestName,
  currentTestIdentity,
}: JestContext): boolean {
  const identity = currentTestIdentity?.();
  if (identity !== undefined) return identity.concurrent === true;
  return currentConcurrentTestName?.() !== undefined;
}
