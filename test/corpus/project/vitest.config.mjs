import { highwater } from '@highwater/vitest';
import { defineConfig } from 'vitest/config';

const { node, nodeArgs } = JSON.parse(process.env.HIGHWATER_CORPUS_TASK);
// What Vitest starts its workers with.
process.execPath = node;

export default defineConfig({
  plugins: [highwater()],
  test: {
    include: ['case.test.mjs'],
    // The runner ends a run that takes longer than this.
    testTimeout: 60_000,
    execArgv: nodeArgs,
    // Plain Node loads the package under test, as it would for a user.
    server: { deps: { external: [/package-under-test\.mjs$/] } },
  },
});
