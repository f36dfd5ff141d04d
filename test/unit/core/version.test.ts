import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { VERSION } from '../../../packages/core/src/version.js';

it('the version in the code is that of the package', () => {
  const manifest = readFileSync('packages/core/package.json', 'utf8');
  expect(VERSION).toBe(JSON.parse(manifest).version);
});
