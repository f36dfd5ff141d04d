import { describe, expect, it } from 'vitest';
import { frameLocation } from '../../../../packages/core/src/format/location.js';
import { frame, parse, root } from './frames.js';

describe('frameLocation', () => {
  it.each([
    ['src/lexer.ts', 40, 'src/lexer.ts:88'],
    [
      'node_modules/a-long-package/lib/internal/clone.js',
      30,
      '.../lib/internal/clone.js:88',
    ],
    [
      'node_modules/a-long-package/lib/internal/clone.js',
      38,
      'node_modules/.../internal/clone.js:88',
    ],
    ['node_modules/a-long-package/lib/internal/clone.js', 15, '.../clone.js:88'],
    ['/tmp/away/from/the/root.ts', 40, '/tmp/away/from/the/root.ts:88'],
    ['src/a-very-long-file-name-indeed.ts', 20, '...name-indeed.ts:88'],
    ['node:internal/streams', 40, 'node:internal/streams:88'],
    ['', 40, '(built in)'],
  ])('fits %s into %d columns', (file, width, text) => {
    const shown = frameLocation(frame('f', file, 88), root, width);
    expect(shown.length).toBeLessThanOrEqual(width);
    expect(shown).toBe(text);
  });

  it('leaves paths outside the root absolute, and reads Windows paths', () => {
    const outside = { ...parse, file: '/home/ada/application/x.ts' };
    expect(frameLocation(outside, root)).toBe('/home/ada/application/x.ts:12');
    const windows = { ...parse, file: 'C:\\app\\src\\x.ts', line: 0 };
    expect(frameLocation(windows, 'C:\\app\\')).toBe('src/x.ts');
    expect(frameLocation(outside, '')).toBe('/home/ada/application/x.ts:12');
  });
});
