// These tests fail on purpose: they show what a failure looks like.

import { expect, it } from 'vitest';
import { parseRows, sumColumn } from '../src/csv.js';

const LINES = Array.from({ length: 5_000 }, (_, i) => `${i},item ${i},${i * 3}`);
const TEXT = LINES.join('\n');

it('holds one row at a time', () => {
  expect(() => sumColumn(parseRows(TEXT), 2)).toPeakBelow('100 kB');
});
