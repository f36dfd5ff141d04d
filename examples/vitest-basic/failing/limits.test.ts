// Fails on purpose: every row is read before the first one is added.
import { withMemoryLimit } from '@highwater/vitest';
import { expect, it } from 'vitest';
import { parseRows, sumColumn } from '../src/csv.js';

const LINES = Array.from({ length: 50_000 }, (_, i) => `${i},item ${i},${i * 3}`);
const TEXT = LINES.join('\n');

it(
  'sums a large file within 2 MB',
  withMemoryLimit({ peak: '2 MB' }, () => {
    expect(sumColumn(parseRows(TEXT), 2)).toBe(3_749_925_000);
  }),
);
