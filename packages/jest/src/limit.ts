// `test('x', withMemoryLimit({ peak: '24 MB' }, fn))`

import { limitMemory, type TestLimits } from '@highwater/core';
import { hasConcurrentTests, runningTest } from './circus.js';

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
  const written = new Error('withMemoryLimit');
  Error.captureStackTrace(written, withMemoryLimit);
  return limitMemory(limits, fn, {
    written,
    isConcurrent: hasConcurrentTests,
    isFailing: () => runningTest()?.identity.failing === true,
  });
}
