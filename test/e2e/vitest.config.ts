import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { resultsFile } from '../tools/results.mjs';

export default defineConfig({
  root: fileURLToPath(new URL('../..', import.meta.url)),
  test: {
    include: ['test/e2e/**/*.test.ts', 'test/victims/**/*.test.ts'],
    exclude: ['test/e2e/fixtures/**', '**/node_modules/**'],
    // Each test starts processes and measures them: two at once would only wait.
    fileParallelism: false,
    testTimeout: 600_000,
    hookTimeout: 900_000,
    ...resultsFile('e2e'),
  },
});
