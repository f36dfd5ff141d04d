// What the failure of a budget says of each number: how much, on which ledger, allocated where.

import { describe, expect, it } from 'vitest';
import { spread } from '../../../../packages/core/src/stats.js';
import { budgetText, measurementOf } from './budgets.js';
import { expectToFit, frame } from './frames.js';

describe('formatBudget', () => {
  it('says limit, fact, where, next', () => {
    const text = budgetText({ limit: 5_000_000 });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call to allocate less than 5 MB, but it allocated 7.31 MB (+2.31 MB).

        heap 7.31 MB, native not measured
        allocated per call, by function:
          tokenize        src/lexer.ts:88    4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone                              1.73 MB  23.7 %     900 objects
            node_modules/deep-copy-of-everything/lib/internal/clone.js:1204
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230   700 kB   9.6 %      40 objects
            < parse       src/parser.ts:12
          ...and 12 more (60 kB, 0.8 %)

        Measured on the baseline tier: 5 rounds of 3 calls, spread 12 B, Node 20.20.2.
        Next: make tokenize() allocate less, or raise the limit:
              toAllocateLessThan('7.4 MB').
      "
    `);
  });

  it('counts objects', () => {
    const text = budgetText({ metric: 'allocatedCount', limit: 2_000, name: 'parse' });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call of parse() to allocate fewer than 2,000 objects, but it allocated 62,264 (+60,264).

        allocated per call, by function:
          tokenize        src/lexer.ts:88    61,204 objects  98.3 %  4.81 MB
            < parse       src/parser.ts:12
          clone                                 900 objects   1.4 %  1.73 MB
            node_modules/deep-copy-of-everything/lib/internal/clone.js:1204
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230      40 objects  <0.1 %   700 kB
            < parse       src/parser.ts:12
          ...and 12 more (120 objects, 0.2 %)

        Measured on the baseline tier: 5 rounds of 3 calls, spread 0, Node 20.20.2.
        Next: make tokenize() allocate fewer objects, or raise the limit:
              toAllocateFewerThan(63_000).
      "
    `);
  });

  it('shows the peak with garbage beside the live one', () => {
    const measurement = measurementOf({
      heap: { peakBytes: 40_200_000, peakUsedBytes: 58_300_000 },
      native: { peakBytes: undefined },
      spread: { peakBytes: spread([40_200_000, 40_210_000, 40_190_000]) },
      rounds: 3,
      iterations: 1,
    });
    const text = budgetText({ metric: 'peakBytes', limit: 24_000_000, measurement });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call to peak below 24 MB, but it peaked at 40.2 MB (+16.2 MB).

        heap 40.2 MB live, 58.3 MB with uncollected garbage, native not measured
        everything one call allocates, by function:
          tokenize        src/lexer.ts:88    4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone                              1.73 MB  23.7 %     900 objects
            node_modules/deep-copy-of-everything/lib/internal/clone.js:1204
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230   700 kB   9.6 %      40 objects
            < parse       src/parser.ts:12
          ...and 12 more (60 kB, 0.8 %)

        Measured on the baseline tier: 3 rounds of 1 call, spread 20 kB, Node 20.20.2.
        Next: make tokenize() hold less at the same time, or raise the limit:
              toPeakBelow('41 MB').
      "
    `);
  });

  it('tells what is retained on the heap from ArrayBuffer stores', () => {
    const measurement = measurementOf({
      heap: { retainedBytes: 1_600 },
      native: { retainedBytes: 65_536 },
      spread: { retainedBytes: spread([1_600, 1_600, 1_600]) },
      callsites: [],
    });
    const text = budgetText({ metric: 'retainedBytes', limit: 1_000, measurement });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call to retain less than 1 kB, but it retained 67.1 kB (+66.1 kB).

        heap 1.6 kB, native 65.5 kB

        Measured on the baseline tier: 5 rounds of 3 calls, spread 0 B, Node 20.20.2.
        Next: toNotLeak() names the line that allocates what stays. If it may stay,
              raise the limit: toRetainLessThan('68 kB').
      "
    `);
  });

  it('shows the two ledgers apart, and the lines of both', () => {
    const text = budgetText({
      limit: 5_000_000,
      measurement: measurementOf({
        heap: { allocatedBytes: 7_310_000 },
        native: {
          allocatedBytes: 3_200_800,
          callsites: [
            {
              frames: [frame('readAll', '/app/src/files.ts', 31)],
              allocatedCount: 128,
              allocatedBytes: 3_200_000,
              peakBytes: 0,
              retainedBytes: 0,
            },
            {
              frames: [],
              allocatedCount: 1,
              allocatedBytes: 800,
              peakBytes: 0,
              retainedBytes: 0,
            },
          ],
        },
      }),
    });
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call to allocate less than 5 MB, but it allocated 10.5 MB (+5.51 MB).

        heap 7.31 MB, native 3.2 MB
        allocated per call, by function:
          tokenize        src/lexer.ts:88    4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone                              1.73 MB  23.7 %     900 objects
            node_modules/deep-copy-of-everything/lib/internal/clone.js:1204
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230   700 kB   9.6 %      40 objects
            < parse       src/parser.ts:12
          ...and 12 more (60 kB, 0.8 %)
        native memory allocated per call, by line:
          readAll          /app/src/files.ts:31  3.2 MB  100.0 %  128 blocks
          (no JavaScript)  (native threads)       800 B   <0.1 %     1 block

        Measured on the baseline tier: 5 rounds of 3 calls, spread 12 B, Node 20.20.2.
        Next: make tokenize() allocate less, or raise the limit:
              toAllocateLessThan('11 MB').
      "
    `);
  });

  it('says why native memory is not measured', () => {
    const text = budgetText({
      limit: 5_000_000,
      measurement: measurementOf({ nativeUnavailable: 'no slot could be patched' }),
    });
    expect(text).toContain('native not measured (no slot could be patched)');
  });

  it('blames no callsite of the heap for native bytes', () => {
    const measurement = measurementOf({
      heap: { retainedBytes: 0 },
      native: { retainedBytes: 65_536 },
      spread: {},
    });
    const text = budgetText({
      metric: 'retainedBytes',
      limit: 1_000,
      ledger: 'native',
      measurement,
    });
    expect(text).toContain('less than 1 kB of native memory, but it retained 65.5 kB');
    expect(text).not.toContain('tokenize');
  });
});
