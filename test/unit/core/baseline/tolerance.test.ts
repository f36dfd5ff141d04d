import { describe, expect, it } from 'vitest';
import {
  kindOf,
  tolerancesFor,
} from '../../../../packages/core/src/compare/tolerance.js';

describe('a tolerance', () => {
  const defaults = tolerancesFor('sync', undefined);

  it('as a percentage replaces the share and keeps the floor', () => {
    const { heap } = tolerancesFor('sync', '2.5 %');
    expect(heap.allocatedBytes).toEqual({
      relative: 0.025,
      absolute: defaults.heap.allocatedBytes.absolute,
    });
    expect(heap.allocatedCount.relative).toBe(0.025);
  });

  it('of zero is none at all', () => {
    expect(tolerancesFor('sync', '0%').heap.allocatedCount).toEqual({
      relative: 0,
      absolute: 0,
    });
  });

  it('as a size is of bytes only', () => {
    const { heap } = tolerancesFor('sync', '4kB');
    expect(heap.peakBytes).toEqual({ relative: 0, absolute: 4_000 });
    expect(heap.allocatedCount).toEqual(defaults.heap.allocatedCount);
  });

  it('for single metrics leaves the others alone', () => {
    const { heap, native } = tolerancesFor('sync', {
      allocatedBytes: '3%',
      allocatedCount: 5,
    });
    expect(heap.allocatedBytes.relative).toBe(0.03);
    expect(native.allocatedBytes.relative).toBe(0.03);
    expect(heap.allocatedCount).toEqual({ relative: 0, absolute: 5 });
    expect(heap.peakBytes).toEqual(defaults.heap.peakBytes);
  });

  it.each([
    ['-1%', "'-1%'"],
    ['lots', "'lots'"],
    [-1, '-1'],
    [Number.NaN, 'NaN'],
    [null, 'null'],
    [{ allocatedBytes: true }, 'for allocatedBytes, got true'],
    [{ allocatedByte: '2%' }, 'Did you mean `allocatedBytes`?'],
  ])('%j is refused by name', (option, text) => {
    expect(() => tolerancesFor('sync', option as never)).toThrow(text);
  });

  it('grows with what a function waits for', () => {
    const floors = (['sync', 'async', 'waiting'] as const).map(
      (kind) => tolerancesFor(kind, undefined).heap.allocatedCount.absolute,
    );
    expect(floors).toEqual([...floors].sort((a, b) => a - b));
    expect(new Set(floors).size).toBe(3);
  });

  it('is that of what a record says of its function', () => {
    expect(kindOf({ kind: 'sync' })).toBe('sync');
    expect(kindOf({ kind: 'async' })).toBe('async');
    expect(kindOf({ kind: 'async', waits: true })).toBe('waiting');
  });
});
