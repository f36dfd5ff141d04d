// Whose code a file is.

import { describe, expect, it } from 'vitest';

import { originOf } from '../../../../packages/core/src/callsites/origin.js';
import {
  ownFolders,
  ownFoldersFrom,
} from '../../../../packages/core/src/callsites/own-code.js';

describe('originOf', () => {
  it.each([
    ['', 'builtin'],
    ['node:internal/timers', 'node'],
    ['/app/src/vitest/thing.ts', 'user'],
    ['<eval>', 'user'],
    ['evalmachine.<anonymous>', 'user'],
    ['/app/node_modules/lodash/lodash.js', 'dependency'],
    ['/app/node_modules/jest-extended/dist/index.js', 'dependency'],
    ['/app/node_modules/vitest/dist/worker.js', 'runner'],
    ['/app/node_modules/.pnpm/tinypool@1.0.0/node_modules/tinypool/dist/x.js', 'runner'],
    ['/app/node_modules/vite/dist/node/module-runner.js', 'runner'],
    ['/app/node_modules/jest-circus/build/index.js', 'runner'],
    ['/app/node_modules/@jest/core/build/index.js', 'runner'],
    ['/app/node_modules/expect/build/index.js', 'runner'],
    ['C:\\app\\node_modules\\chai\\index.js', 'runner'],
    ['/app/node_modules/@highwater/vitest/dist/index.js', 'highwater'],
    ['/app/node_modules/vitest/node_modules/ms/index.js', 'dependency'],
    ['/clone/packages/core/dist/esm/index.js', 'highwater'],
  ])('%s: %s', (file, origin) => {
    expect(originOf(file, ['/clone/packages/core/dist/'])).toBe(origin);
  });
});

describe('ownFolders', () => {
  it('finds this clone, whatever has become of stack traces', () => {
    const sources = new URL('../../../../packages/core/src/', import.meta.url).pathname;
    expect(ownFolders).toContain(sources);
    expect(originOf(new URL(import.meta.url).pathname, ownFolders)).toBe('user');
  });

  it('is the whole dist of a bundle', () => {
    expect(ownFoldersFrom('/app/vendor/highwater/dist/cjs/index.js')).toEqual([
      '/app/vendor/highwater/dist/',
    ]);
    expect(ownFoldersFrom('')).toEqual([]);
  });

  it('does not take the rest of a clone for our own', () => {
    const folders = ownFoldersFrom('/clone/packages/core/dist/esm/index.js');
    expect(originOf('/clone/packages/vitest/dist/index.js', folders)).toBe('highwater');
    expect(originOf('/clone/examples/jest-basic/src/a.js', folders)).toBe('user');
    expect(originOf('/clone/test/victims/leak.ts', folders)).toBe('user');
  });
});
