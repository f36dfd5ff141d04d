// One text for a measurement, sync or async: a generator yields what may be a promise,
// and the driver either passes it straight back or awaits it.

/** A value, or a promise of it. */
export type Maybe<T> = T | Promise<T>;

/** A measurement as a sequence of steps; `yield*` {@link wait} between them. */
export type Steps<T> = Generator<unknown, T, unknown>;

/** The value of a step. */
export function* wait<T>(value: Maybe<T>): Steps<T> {
  return (yield value) as T;
}

/** Called once, at the first promise: how to wait for this and the later ones. */
export type Awaiting = () => <V>(step: Promise<V>) => Promise<V>;

/**
 * Runs steps: at once while none of them is a promise, as a promise from the first that is.
 * What rejects is thrown inside the generator, so its `finally` runs.
 */
export function runSteps<T>(steps: Steps<T>, awaiting: Awaiting): Maybe<T> {
  let step = steps.next();
  while (step.done !== true) {
    if (step.value instanceof Promise) return runAwaited(steps, step.value, awaiting());
    step = steps.next(step.value);
  }
  return step.value;
}

async function runAwaited<T>(
  steps: Steps<T>,
  first: Promise<unknown>,
  within: <V>(step: Promise<V>) => Promise<V>,
): Promise<T> {
  let value: unknown = first;
  for (;;) {
    let step: IteratorResult<unknown, T>;
    try {
      const known = value instanceof Promise ? await within(value) : value;
      step = steps.next(known);
    } catch (error) {
      step = steps.throw(error);
    }
    if (step.done === true) return step.value;
    value = step.value;
  }
}
