import { highwater } from '@highwater/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [highwater({ track: true })],
  test: { testTimeout: 120_000 },
});
