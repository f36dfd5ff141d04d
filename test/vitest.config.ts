import { fileURLToPath } from 'node:url';
import { defineConfig } from 'vitest/config';
import { resultsFile } from './tools/results.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));

export default defineConfig({
  root,
  // Sources, not dist: a unit test sees what was just written.
  resolve: {
    alias: [
      { find: /^@highwater\/core$/, replacement: `${root}packages/core/src/index.ts` },
      {
        find: /^@highwater\/report$/,
        replacement: `${root}packages/report/src/index.ts`,
      },
    ],
  },
  test: {
    include: [
      'test/unit/**/*.test.ts',
      'test/types/**/*.test.ts',
      'test/tools/**/*.test.ts',
      'test/corpus/lib/**/*.test.ts',
      'test/layers.test.ts',
    ],
    testTimeout: 30_000,
    ...resultsFile('unit'),
  },
});
