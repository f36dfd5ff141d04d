// Calls bodies without a frame of ours on their stack: what a test formats or reads of its stack is what it would be
// without us, and no runner reads our files for it.

import { type BodyPlan, native } from '../native.js';

type Caller<Prepare extends (...args: never[]) => BodyPlan> = (
  this: unknown,
  ...args: Parameters<Prepare>
) => unknown;

/** Undefined where there is no addon: nothing is measured then. */
export function bodyCaller<Prepare extends (...args: never[]) => BodyPlan>(
  prepare: Prepare,
): Caller<Prepare> | undefined {
  try {
    return native().bodyCaller(prepare);
  } catch {
    return undefined;
  }
}
