// How the failure of a budget is laid out: its width, its colours, and all of it on request.

import { describe, expect, it } from 'vitest';
import type { Paint } from '../../../../packages/core/src/format/style.js';
import { budgetText, callsite, measurementOf } from './budgets.js';
import { expectToFit, frame, parse, testBody } from './frames.js';

describe('formatBudget', () => {
  it('shows everything on request', () => {
    const text = budgetText({ limit: 5_000_000, verbose: true });
    expect(text).not.toContain('more (');
    expect(text).toContain('helper11');
    expect(text.split('\n').slice(0, 16).join('\n')).toMatchInlineSnapshot(`
      "
      Expected one call to allocate less than 5 MB, but it allocated 7.31 MB (+2.31 MB).

        heap 7.31 MB, native not measured
        allocated per call, by function:
          tokenize         src/lexer.ts:88                                                     4 MB  54.8 %  50,204 objects
            < parse        src/parser.ts:12
            < (anonymous)  test/parser.test.ts:9
          clone            node_modules/deep-copy-of-everything/lib/internal/clone.js:1204  1.73 MB  23.7 %     900 objects
            < walk         node_modules/deep-copy-of-everything/lib/internal/walk.js:7
            < parse        src/parser.ts:12
            < (anonymous)  test/parser.test.ts:9
          tokenize         src/lexer.ts:88                                                   810 kB  11.1 %  11,000 objects
            < tokenize     src/lexer.ts:88
            < peek         src/parser.ts:40
            < (anonymous)  test/parser.test.ts:9"
    `);
    expect(text.split('\n').slice(-8).join('\n')).toMatchInlineSnapshot(`
      "
        Measured on the baseline tier: 5 rounds of 3 calls, spread 12 B, Node 20.20.2.
        Rounds: 7,310,000 B, 7,310,000 B, 7,310,012 B, 7,310,000 B, 7,310,000 B. 10
        warm-up calls; 6 minor collections, 1 major collection, 3.22 ms paused;
        resident memory 90 MB at the start, 98.5 MB at most, 91 MB at the end.
        Next: make tokenize() allocate less, or raise the limit:
              toAllocateLessThan('7.4 MB').
      "
    `);
  });

  it('colours after aligning', () => {
    const mark = (tag: string) => (text: string) => `<${tag}>${text}</${tag}>`;
    const paint: Paint = {
      bold: mark('b'),
      dim: mark('d'),
      red: mark('r'),
      green: mark('g'),
    };
    const coloured = budgetText({ limit: 5_000_000, paint });
    expect(coloured).toContain('<g>5 MB</g>, but it allocated <r>7.31 MB</r>');
    expect(coloured.replaceAll(/<\/?[bdrg]>/g, '')).toBe(
      budgetText({ limit: 5_000_000 }),
    );
  });

  it('fits long names and long numbers into the width', () => {
    const long = frame(
      'AbstractSingletonProxyFactoryBean.createInstance',
      'packages/server/src/generated/abstract-singleton-proxy-factory-bean.ts',
      10_432,
    );
    const measurement = measurementOf({
      callsites: [callsite(999_400_000, 123_456_789, long, long, parse, testBody)],
    });
    const text = budgetText({ limit: 1, measurement });
    expectToFit(text);
    expect(text).toContain('createInstance  ');
    expect(text).toContain(
      '\n      packages/server/src/generated/abstract-singleton-proxy-factory-bean.ts:10432\n',
    );
    expectToFit(budgetText({ limit: 1, measurement, metric: 'allocatedCount' }));
  });

  it('prints no colour by default', () => {
    expect(budgetText({ limit: 1 })).not.toContain('\u001B');
  });
});
