// Types of the matchers, for `expect` of @jest/globals and for the global one of
// @types/jest: neither augmentation covers the other.

import type { MemoryAssertions } from '@highwater/core';

/** A promise for an async function, so that a linter can ask for the `await`. */
export type JestReturn<R, Received> = Received extends () => PromiseLike<unknown>
  ? Promise<void>
  : R;

declare module 'expect' {
  interface Matchers<R extends void | Promise<void>, T = unknown>
    extends MemoryAssertions<JestReturn<R, T>> {}
}

declare global {
  namespace jest {
    // biome-ignore lint/complexity/noBannedTypes: all declarations must have the same type parameters
    interface Matchers<R, T = {}> extends MemoryAssertions<JestReturn<R, T>> {}
  }
}
