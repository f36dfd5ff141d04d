// Which test started which async matcher, while it is under way.

import { matchers as coreMatchers, type MatcherContext } from '@highwater/core';

/** What Jest adds to a matcher's `this`. */
interface JestContext extends MatcherContext {
  readonly currentTestName?: string;
  /** Right in concurrent tests too, where `currentTestName` is another's. */
  readonly currentConcurrentTestName?: () => string | undefined;
}

type AnyMatcher = (this: JestContext, received: unknown, ...args: never[]) => unknown;

const testByPromise = new Map<Promise<unknown>, string | undefined>();

/** The matchers, each noting for which test it runs. */
export const matchers = Object.fromEntries(
  Object.entries(coreMatchers).map(([name, matcher]) => [
    name,
    noting(matcher as AnyMatcher),
  ]),
) as typeof coreMatchers;

/** Whether a test other than the named one has a matcher under way. */
export function isAnotherTestMeasuring(testName: string | undefined): boolean {
  return [...testByPromise.values()].some((test) => test !== testName);
}

function noting(matcher: AnyMatcher): AnyMatcher {
  return function (received, ...args) {
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
