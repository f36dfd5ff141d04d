import { describe, expect, it } from 'vitest';
import { tolerancesFor } from '../../../../packages/core/src/compare/tolerance.js';
import { compareRecords } from '../../../../packages/core/src/compare.js';
import {
  type BaselineTextOptions,
  formatBaseline,
} from '../../../../packages/core/src/format/baseline-text.js';
import type { BaselineRecord } from '../../../../packages/core/src/types.js';
import { bytes, number, record, site } from './records.js';

const options: BaselineTextOptions = {
  root: '/app',
  width: 76,
  key: 'parser > parses a large document',
  environment: 'node22-linux-x64',
  baselineFile: '/app/test/__memory__/parser.test.ts.memory.json',
  survivors: [],
};

function textOf(
  baseline: BaselineRecord,
  now: BaselineRecord,
  changes: Partial<BaselineTextOptions> = {},
): string {
  const comparison = compareRecords(baseline, now, tolerancesFor('sync', undefined));
  return formatBaseline(
    { kind: 'regressed', comparison, baseline },
    { ...options, ...changes },
  );
}

const before = record({
  heap: {
    allocatedBytes: number(4_810_000),
    allocatedCount: number(61_204),
    peakBytes: number(1_100_000, 30_000),
    retainedBytes: number(0),
  },
  native: { allocatedBytes: number(0), retainedBytes: number(0) },
  callsites: [
    site({
      function: 'tokenize',
      file: 'src/lexer.ts',
      line: 88,
      allocatedBytes: 1_200_000,
      allocatedCount: 12_000,
    }),
    site({
      function: 'AbstractSyntaxTreeBuilder.finishEverything',
      file: 'node_modules/a-very-long-name/lib/internal/ast.js',
      line: 1_204,
      allocatedBytes: 30_000,
      allocatedCount: 100,
    }),
    ...Array.from({ length: 14 }, (_, i) => site({ function: `f${i}` })),
  ],
});
const after = record({
  heap: {
    allocatedBytes: number(6_020_000),
    allocatedCount: number(78_911),
    peakBytes: number(1_120_000, 10_000),
    retainedBytes: number(0),
  },
  native: { allocatedBytes: number(0), retainedBytes: number(0) },
  callsites: [
    site({
      function: 'tokenize',
      file: 'src/lexer.ts',
      line: 91,
      allocatedBytes: 2_380_000,
      allocatedCount: 29_700,
    }),
    site({
      function: 'normalize',
      file: 'src/text.ts',
      line: 14,
      allocatedBytes: 31_000,
      allocatedCount: 210,
    }),
    ...Array.from({ length: 14 }, (_, i) => site({ function: `f${i}`, line: 12 })),
  ],
});

describe('the text of a regression', () => {
  it('shows numbers, functions, and what to do', () => {
    expect(`\n${textOf(before, after)}\n`).toMatchInlineSnapshot(`
      "
      Memory baseline of "parser > parses a large document" (node22-linux-x64)
                   baseline      now    change
        allocated   4.81 MB  6.02 MB  +1.21 MB  +25.2 %  ✗ (tolerance 1 %)
        objects      61,204   78,911   +17,707  +28.9 %  ✗ (tolerance 0.2 %)
        peak         1.1 MB  1.12 MB    +20 kB   +1.8 %  ✓
        retained        0 B      0 B       0 B           ✓

        callsites (bytes per call)
      - tokenize  src/lexer.ts:88   1.2 MB  12,000 objects
      + tokenize  src/lexer.ts:91  2.38 MB  29,700 objects  +1.18 MB
        ... 2 more changed, 14 unchanged

        Recorded on the baseline tier with Node 22.1.0, highwater 0.1.0.
        Next: make it cost what it did, or run with -u to accept it. For all
              callsites: { verbose: true }.
      "
    `);
  });

  it('shows every function when verbose', () => {
    expect(`\n${textOf(before, after, { verbose: true })}\n`).toMatchInlineSnapshot(`
      "
      Memory baseline of "parser > parses a large document" (node22-linux-x64)
                   baseline      now    change
        allocated   4.81 MB  6.02 MB  +1.21 MB  +25.2 %  ✗ (tolerance 1 %)
        objects      61,204   78,911   +17,707  +28.9 %  ✗ (tolerance 0.2 %)
        peak         1.1 MB  1.12 MB    +20 kB   +1.8 %  ✓
        retained        0 B      0 B       0 B           ✓

        callsites (bytes per call)
      - tokenize                                    src/lexer.ts:88                                          1.2 MB  12,000 objects
      + tokenize                                    src/lexer.ts:91                                         2.38 MB  29,700 objects  +1.18 MB
      + normalize                                   src/text.ts:14                                            31 kB     210 objects  new
      - AbstractSyntaxTreeBuilder.finishEverything  node_modules/a-very-long-name/lib/internal/ast.js:1204    30 kB     100 objects  gone
        f0                                          src/parser.ts:12                                           1 kB      10 objects
        f1                                          src/parser.ts:12                                           1 kB      10 objects
        f10                                         src/parser.ts:12                                           1 kB      10 objects
        f11                                         src/parser.ts:12                                           1 kB      10 objects
        f12                                         src/parser.ts:12                                           1 kB      10 objects
        f13                                         src/parser.ts:12                                           1 kB      10 objects
        f2                                          src/parser.ts:12                                           1 kB      10 objects
        f3                                          src/parser.ts:12                                           1 kB      10 objects
        f4                                          src/parser.ts:12                                           1 kB      10 objects
        f5                                          src/parser.ts:12                                           1 kB      10 objects
        f6                                          src/parser.ts:12                                           1 kB      10 objects
        f7                                          src/parser.ts:12                                           1 kB      10 objects
        f8                                          src/parser.ts:12                                           1 kB      10 objects
        f9                                          src/parser.ts:12                                           1 kB      10 objects

        Recorded on the baseline tier with Node 22.1.0, highwater 0.1.0.
        Next: make it cost what it did, or run with -u to accept it.
      "
    `);
  });

  it('is at most as wide as it may be', () => {
    const wide = record({
      heap: {
        allocatedBytes: number(4_812_345_678),
        allocatedCount: number(61_204_123),
        peakBytes: number(1.1e12),
        retainedBytes: number(-12_345_678),
      },
    });
    const wider = record({
      heap: {
        allocatedBytes: number(9_812_345_679),
        allocatedCount: number(91_204_124),
        peakBytes: number(2.2e12),
        retainedBytes: number(12_345_678),
      },
      callsites: before.callsites,
    });
    for (const text of [
      textOf(before, after),
      textOf(wide, wider),
      textOf(after, wider),
    ]) {
      for (const line of text.split('\n').slice(1))
        expect(line.length).toBeLessThanOrEqual(76);
    }
  });

  it('paints what was, what is, and the verdicts', () => {
    const paint = {
      bold: (text: string) => text,
      dim: (text: string) => text,
      red: (text: string) => `<r>${text}</r>`,
      green: (text: string) => `<g>${text}</g>`,
    };
    const text = textOf(before, after, { paint });
    expect(text).toMatch(/^<g>- tokenize/m);
    expect(text).toMatch(/^<r>\+ tokenize/m);
    expect(text).toMatch(/allocated .*<r>.*✗/);
    expect(text).not.toMatch(/peak .*<r>/);
  });

  it('never prints two different numbers alike', () => {
    const text = textOf(bytes(5_000_000), bytes(5_000_200), {});
    expect(text).toContain('5,000,000 B  5,000,200 B');
  });

  it('says when the callsites do not explain it', () => {
    expect(textOf(bytes(10_000), bytes(20_000))).toContain(
      'No listed callsite allocates more',
    );
    const some = { ...bytes(20_000), callsites: [site({ allocatedBytes: 5_000 })] };
    expect(textOf(bytes(10_000), some).replace(/\s+/g, ' ')).toContain(
      'These account for 50.0 % of the change in bytes',
    );
    const peak = (value: number) => record({ heap: { peakBytes: number(value) } });
    expect(textOf(peak(1e6), peak(2e6))).toContain(
      'Callsites show everything that was allocated',
    );
  });

  it('names who asks for native memory, when that is what regressed', () => {
    const native = (value: number, nativeCallsites?: BaselineRecord['callsites']) =>
      record({
        heap: { allocatedBytes: number(0) },
        native: { allocatedBytes: number(value) },
        callsites: [site()],
        ...(nativeCallsites && { nativeCallsites }),
      });
    const read = (allocatedBytes: number, allocatedCount: number) =>
      site({ function: 'read', allocatedBytes, allocatedCount });
    const before = native(4_000, [read(4_000, 1)]);
    const text = textOf(before, native(1e6, [read(1e6, 250)]));
    expect(text).toContain(`
  callsites of native memory (bytes per call)
- read  src/parser.ts:10  4 kB     1 block
+ read  src/parser.ts:10  1 MB  250 blocks  +996 kB
`);
    expect(text).not.toContain('parse ');
    expect(textOf(native(4_000), native(1e6, [read(1e6, 250)]))).toContain(
      'The record does not say who asked for native memory',
    );
  });

  it('lets no name repaint the terminal', () => {
    const text = textOf(before, after, { key: 'a\u001b[31m "b"\n' });
    expect(text.split('\n')[0]).toBe(
      'Memory baseline of "a�[31m \\"b\\"�" (node22-linux-x64)',
    );
  });
});

describe('the text without a comparison', () => {
  it('of a missing entry', () => {
    const failure = { kind: 'missing', recorded: [], isWarning: false } as const;
    expect(`\n${formatBaseline(failure, options)}\n`).toMatchInlineSnapshot(`
      "
      There is no memory baseline of "parser > parses a large document" (node22-linux-x64).

        test/__memory__/parser.test.ts.memory.json has no such entry, and this run
        records nothing (CI).
        Next: run the test locally, where baselines are recorded, and commit the
              file.
      "
    `);
  });

  it('of a missing environment', () => {
    const recorded = ['node20-linux-x64', 'node24-linux-x64'];
    const failure = { kind: 'missing', recorded, isWarning: false } as const;
    expect(`\n${formatBaseline(failure, options)}\n`).toMatchInlineSnapshot(`
      "
      There is no memory baseline of "parser > parses a large document" (node22-linux-x64).

        test/__memory__/parser.test.ts.memory.json has one for node20-linux-x64,
        node24-linux-x64, and this run records nothing (CI).
        Next: run the test with -u on node22-linux-x64 and commit the file, or let
              a missing environment pass with { missingEnvironment: 'warn' }.
      "
    `);
  });

  it.each([
    [
      { because: 'tier', baseline: 'optimized', now: 'baseline' },
      'recorded on the optimized tier, and this is the baseline tier',
    ],
    [
      { because: 'node', baseline: '20.1.0', now: '22.1.0' },
      'recorded with Node 20.1.0, and this is Node 22.1.0',
    ],
    [
      { because: 'highwater', baseline: '0.1.0', now: '0.2.0' },
      'recorded by highwater 0.1.0, and 0.2.0 measures differently',
    ],
    [{ because: 'metrics', missing: ['peakBytes'] }, 'it has no peakBytes'],
    [{ because: 'metrics', missing: [] }, 'none of the numbers'],
  ] as const)('of %j', (why, expected) => {
    const text = formatBaseline({ kind: 'incomparable', why }, options);
    expect(text).toContain(expected);
    expect(text).toContain('Next: run with -u to record it again.');
  });
});
