import { highwater } from '@highwater/vitest';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [highwater()],
  // Each assertion calls its function hundreds of times.
  test: { testTimeout: 30_000 },
});
