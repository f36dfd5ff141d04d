// A body, sync or async, and how it ended.

/** Calls `run`, awaits what it returns if that is a promise, and tells how it ended. */
export function around<T>(run: () => T, passed: () => void, failed: () => void): T {
  let result: T;
  try {
    result = run();
  } catch (error) {
    failed();
    throw error;
  }
  if (!isThenable(result)) {
    passed();
    return result;
  }
  return result.then(
    (value) => {
      passed();
      return value;
    },
    (error: unknown) => {
      failed();
      throw error;
    },
  ) as T;
}

export function isThenable(value: unknown): value is PromiseLike<unknown> {
  return (
    (typeof value === 'object' || typeof value === 'function') &&
    value !== null &&
    typeof (value as { then?: unknown }).then === 'function'
  );
}
