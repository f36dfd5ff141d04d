// How a body ended, sync or async.

import type { BodyPlan } from '../native.js';

/** Who hears how a body ended. What `passed` throws fails the body. */
export interface Endings {
  readonly passed: () => void;
  readonly failed: () => void;
}

/** The two of a {@link BodyPlan}: a promise that the body returns is awaited. */
export function hearing({
  passed,
  failed,
}: Endings): Pick<BodyPlan, 'returned' | 'threw'> {
  return {
    returned: (value) => {
      if (!isThenable(value)) {
        passed();
        return value;
      }
      return value.then(
        (result) => {
          passed();
          return result;
        },
        (error: unknown) => {
          failed();
          throw error;
        },
      );
    },
    threw: failed,
  };
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
