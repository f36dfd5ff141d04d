import { describe, expect, it } from 'vitest';
import { parseRows, rowsOf, sumColumn } from '../src/csv.js';

const LINES = Array.from({ length: 5_000 }, (_, i) => `${i},item ${i},${i * 3}`);
const TEXT = LINES.join('\n');

describe('sumColumn', () => {
  it('holds one row at a time', () => {
    expect(() => sumColumn(rowsOf(TEXT), 2)).toPeakBelow('100 kB');
  });

  it('holds all rows when they are read first', () => {
    expect(() => sumColumn(parseRows(TEXT), 2)).not.toPeakBelow('500 kB');
  });

  it('keeps no row afterwards', () => {
    expect(() => sumColumn(parseRows(TEXT), 2)).toRetainLessThan('1 kB');
  });
});
