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

/** Runs steps none of which is a promise. */
export function runSync<T>(steps: Steps<T>): T {
  let step = steps.next();
  while (step.done !== true) step = steps.next(step.value);
  return step.value;
}

/** Awaits each step; what rejects is thrown inside the generator, so its `finally` runs. */
export async function runAsync<T>(
  steps: Steps<T>,
  within: <V>(step: Maybe<V>) => Maybe<V>,
): Promise<T> {
  let step = steps.next();
  while (step.done !== true) {
    let value: unknown;
    try {
      value = await within(step.value);
    } catch (error) {
      step = steps.throw(error);
      continue;
    }
    step = steps.next(value);
  }
  return step.value;
}
