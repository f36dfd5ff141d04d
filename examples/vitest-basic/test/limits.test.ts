// Limits of whole tests, held as the tests run: no function is called twice.
import { withMemoryLimit } from '@highwater/vitest';
import { expect, it } from 'vitest';
import { rowsOf, sumColumn } from '../src/csv.js';
import { SessionRegistry } from '../src/sessions.js';

const LINES = Array.from({ length: 50_000 }, (_, i) => `${i},item ${i},${i * 3}`);
const TEXT = LINES.join('\n');

it(
  'sums a large file within 2 MB',
  withMemoryLimit({ peak: '2 MB' }, () => {
    expect(sumColumn(rowsOf(TEXT), 2)).toBe(3_749_925_000);
  }),
);

it(
  'leaves nothing of a session behind',
  withMemoryLimit({ retained: '100 kB' }, async () => {
    const registry = new SessionRegistry();
    const seen = await registry.during('ada', async (session) => session.seen.length);
    expect(seen).toBe(0);
  }),
);
