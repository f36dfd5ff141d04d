// `import '@highwater/vitest/setup'`, in a test file or in `setupFiles`.

import { checkAwaited, matchers } from '@highwater/core';
import { afterEach, expect } from 'vitest';
import './types.js';

expect.extend(matchers);
afterEach(async ({ task }) => {
  // What is under way may be the matcher of a test beside this one.
  if (task.concurrent !== true) await checkAwaited();
});
