import { describe, expect, it } from 'vitest';
import { diffClasses, mergeClasses } from '../../../../packages/core/src/heap/classes.js';
import type { HeapCapture } from '../../../../packages/core/src/types.js';

describe('classes', () => {
  const capture = (
    classes: readonly (readonly [string, number, number])[],
  ): HeapCapture => ({
    totalBytes: classes.reduce((sum, [, , bytes]) => sum + bytes, 0),
    totalCount: classes.reduce((sum, [, count]) => sum + count, 0),
    classes: classes.map(([className, count, shallowBytes]) => ({
      className,
      count,
      shallowBytes,
    })),
    nodeVersion: 'v20.20.2',
    durationMs: 1,
  });

  it('are called as in DevTools', () => {
    const entry = { count: 1, shallowBytes: 8 };
    expect(
      mergeClasses([
        { type: 'object', name: 'Session', ...entry, shallowBytes: 100 },
        { type: 'native', name: 'Session', ...entry },
        { type: 'string', name: '', ...entry },
        { type: 'code', name: '(bytecode)', ...entry },
        { type: 'closure', name: 'open', ...entry },
        { type: 'closure', name: 'close', ...entry },
        { type: 'object', name: '', ...entry },
      ]),
    ).toEqual([
      { className: 'Session', count: 2, shallowBytes: 108 },
      { className: '(closure)', count: 2, shallowBytes: 16 },
      { className: '(string)', count: 1, shallowBytes: 8 },
      { className: '(compiled code)', count: 1, shallowBytes: 8 },
      { className: '(object)', count: 1, shallowBytes: 8 },
    ]);
  });

  it('have grown, have shrunk, or are left out', () => {
    const before = capture([
      ['Same', 1, 16],
      ['Gone', 2, 32],
      ['Fewer', 3, 300],
    ]);
    const after = capture([
      ['Same', 1, 16],
      ['New', 4, 64],
      ['(compiled code)', 1, 0],
      ['Fewer', 1, 100],
    ]);
    const diff = diffClasses(before, after, false);
    expect(diff).toMatchObject({ bytesDelta: -168, countDelta: 0 });
    expect(diff.grown).toEqual([
      {
        className: 'New',
        beforeCount: 0,
        afterCount: 4,
        countDelta: 4,
        beforeBytes: 0,
        afterBytes: 64,
        bytesDelta: 64,
      },
    ]);
    expect(
      diff.shrunk.map(({ className, bytesDelta }) => [className, bytesDelta]),
    ).toEqual([
      ['Fewer', -200],
      ['Gone', -32],
    ]);
  });
});
