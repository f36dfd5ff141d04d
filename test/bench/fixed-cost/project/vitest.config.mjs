import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['*.bench.mjs'],
    setupFiles: ['@highwater/vitest/setup'],
    testTimeout: 120_000,
    // For the hand-written loop; highwater needs no flag.
    execArgv: ['--expose-gc'],
  },
});
