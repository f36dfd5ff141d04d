// `setupFilesAfterEnv: ['@highwater/jest']`: registers the matchers in every test file.

import { setImmediate as onNextTurn } from 'node:timers';
import { checkAwaited } from '@highwater/core';
import { afterEach, expect } from '@jest/globals';
import { isAnotherTestMeasuring, matchers } from './whose-matcher.js';
import './types.js';

expect.extend(matchers);
afterEach(async () => {
  // Jest starts concurrent tests together: theirs is not this test's to await.
  if (isAnotherTestMeasuring(expect.getState().currentTestName)) return;
  try {
    await checkAwaited();
  } catch (error) {
    // The matcher's own failure is a rejection that nobody handles. Jest books it on this
    // test if it still runs when Node reports it; after the last test it ends the process.
    await new Promise((resolve) => {
      onNextTurn(resolve);
    });
    throw error;
  }
});
