// `import '@highwater/vitest/setup'`, in a test file or in `setupFiles`.

import { checkAwaited, keepPreciseCoverage, matchers } from '@highwater/core';
import { afterEach, expect } from 'vitest';
import './types.js';

expect.extend(matchers);
afterEach(checkAwaited);
if (runsV8Coverage()) keepPreciseCoverage();

// Vitest tells its workers the whole config, by this global, in every pool.
function runsV8Coverage(): boolean {
  const worker = (globalThis as { __vitest_worker__?: VitestWorker }).__vitest_worker__;
  const coverage = worker?.config?.coverage;
  return coverage?.enabled === true && coverage.provider === 'v8';
}

interface VitestWorker {
  readonly config?: {
    readonly coverage?: { readonly enabled?: boolean; readonly provider?: string };
  };
}
