import { highwater } from '@highwater/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [highwater()],
  test: { testTimeout: 120_000 },
});
