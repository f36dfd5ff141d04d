import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { resultsFile } from '../tools/results.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/victims/**/*.test.ts'],
    exclude: ['test/e2e/fixtures/**', '**/node_modules/**'],
    globalSetup: ['test/e2e/shared-builds.ts'],
    // Each test starts processes and waits for them: about one core a file.
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 900_000,
    ...resultsFile('e2e'),
  },
});
