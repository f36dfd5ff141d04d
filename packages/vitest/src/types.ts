// Types of the matchers. Vitest 3.2, 4 and 5 all read Chai's `Assertion`, whatever they
// call their own interfaces, so this one augmentation serves them all.

import type { MemoryAssertions } from '@highwater/core';

/**
 * What the matchers return in Vitest. `any`, because it is nothing for a sync function and
 * a promise for an async one, and Chai's interface does not say which was received: with
 * `void` the needed `await` would be flagged, with a promise every sync test.
 */
// biome-ignore lint/suspicious/noExplicitAny: see above
export type VitestReturn = any;

declare global {
  namespace Chai {
    interface Assertion extends MemoryAssertions<VitestReturn> {}
  }
}
