// `test('x', withMemoryLimit({ peak: '24 MB' }, fn))`

import { limitMemory, type TestLimits } from '@highwater/core';

/** What a body is called with, as far as this goes. */
interface Context {
  readonly task?: { readonly concurrent?: boolean; readonly fails?: boolean };
}

/**
 * The body of a test, with limits of its own: a body that breaks one fails. They are held with and without
 * tracking.
 *
 * @throws HighwaterError `invalid-option`, `invalid-size`, `not-a-function`
 */
export function withMemoryLimit<Fn extends (...args: never[]) => unknown>(
  limits: TestLimits,
  fn: Fn,
): Fn {
  // With `test.each` the arguments come first.
  const taskOf = (args: readonly unknown[]): Context['task'] =>
    args.map((arg) => (arg as Context | null | undefined)?.task).find((one) => one);
  const written = new Error('withMemoryLimit');
  Error.captureStackTrace(written, withMemoryLimit);
  return limitMemory(limits, fn, {
    written,
    isConcurrent: (args) => taskOf(args)?.concurrent === true,
    isFailing: (args) => taskOf(args)?.fails === true,
  });
}
