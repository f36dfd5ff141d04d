import { describe, expect, it } from 'vitest';
import { judgeBudget, judgeLeak } from '../../../packages/core/src/budget.js';
import { formatBudget } from '../../../packages/core/src/format/budget-text.js';
import { wrap } from '../../../packages/core/src/format/layout.js';
import { formatLeak } from '../../../packages/core/src/format/leak-text.js';
import { frameLocation } from '../../../packages/core/src/format/location.js';
import type { Paint } from '../../../packages/core/src/format/style.js';
import {
  callOf,
  formatShare,
  roundAbove,
  roundDown,
  roundUp,
} from '../../../packages/core/src/format/wording.js';
import { spread } from '../../../packages/core/src/stats.js';
import type {
  Callsite,
  Frame,
  LeakReport,
  LeakSite,
  LedgerName,
  Metric,
  PartialMeasurement,
} from '../../../packages/core/src/types.js';

const root = '/home/ada/app';

function frame(functionName: string, file: string, line: number): Frame {
  const isDependency = file.includes('node_modules/');
  return {
    functionName,
    file: file.startsWith('node:') || file === '' ? file : `${root}/${file}`,
    line,
    column: 1,
    origin: file.startsWith('node:') ? 'node' : isDependency ? 'dependency' : 'user',
  };
}

const parse = frame('parse', 'src/parser.ts', 12);
const tokenize = frame('tokenize', 'src/lexer.ts', 88);
const test = frame('', 'test/parser.test.ts', 9);

function callsite(
  allocatedBytes: number,
  allocatedCount: number,
  ...frames: Frame[]
): Callsite {
  return { frames, allocatedBytes, allocatedCount };
}

const callsites: readonly Callsite[] = [
  callsite(4_000_000, 50_204, tokenize, parse, test),
  callsite(810_000, 11_000, tokenize, tokenize, frame('peek', 'src/parser.ts', 40), test),
  callsite(
    1_730_000,
    900,
    frame('clone', 'node_modules/deep-copy-of-everything/lib/internal/clone.js', 1204),
    frame('walk', 'node_modules/deep-copy-of-everything/lib/internal/walk.js', 7),
    parse,
    test,
  ),
  callsite(700_000, 40, frame('Parser.finish', 'src/parser.ts', 230), parse, test),
  ...Array.from({ length: 12 }, (_, index) =>
    callsite(
      5_000,
      10,
      frame(`helper${String(index)}`, 'src/helpers.ts', 10 + index),
      parse,
    ),
  ),
];

function measurementOf(partial: Partial<PartialMeasurement>): PartialMeasurement {
  return {
    tier: 'baseline',
    ledger: 'total',
    kind: 'sync',
    warmup: 10,
    iterations: 3,
    rounds: 5,
    nodeVersion: 'v20.20.2',
    durationMs: 12,
    rss: { startBytes: 90_000_000, peakBytes: 98_500_000, endBytes: 91_000_000 },
    gc: { minorCount: 6, majorCount: 1, pauseMs: 3.217 },
    heap: { allocatedBytes: 7_310_000, allocatedCount: 62_264 },
    native: { allocatedBytes: undefined },
    spread: {
      allocatedBytes: spread([7_310_000, 7_310_000, 7_310_012, 7_310_000, 7_310_000]),
      allocatedCount: spread([62_264, 62_264, 62_264, 62_264, 62_264]),
    },
    callsites,
    ...partial,
  };
}

interface Ask {
  readonly metric?: Metric;
  readonly limit: number;
  readonly ledger?: LedgerName;
  readonly measurement?: PartialMeasurement;
  readonly name?: string;
  readonly negated?: boolean;
  readonly verbose?: boolean;
  readonly paint?: Paint;
}

function budgetText({ metric, limit, ledger, measurement, ...options }: Ask): string {
  const measured = measurement ?? measurementOf({});
  const verdict = judgeBudget({
    metric: metric ?? 'allocatedBytes',
    limit,
    measurement: measured,
    ledger: ledger ?? 'total',
  });
  expect(verdict.pass).toBe(options.negated ?? false);
  return `\n${formatBudget(verdict, measured, { root, ...options })}\n`;
}

/** The first line may be longer: it is one sentence that tools quote alone. */
function expectToFit(text: string): void {
  const lines = text.trim().split('\n');
  expect(lines.length).toBeLessThanOrEqual(16);
  for (const line of lines.slice(1)) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toBe(line.trimEnd());
  }
}

describe('formatBudget', () => {
  it('says limit, fact, where, next', () => {
    const text = budgetText({ limit: 5_000_000 });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call to allocate less than 5 MB, but it allocated 7.31 MB (+2.31 MB).

        heap 7.31 MB, native not measured
        allocated per call, by function:
          tokenize        src/lexer.ts:88             4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone           .../internal/clone.js:1204  1.73 MB  23.7 %     900 objects
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230            700 kB   9.6 %      40 objects
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
          tokenize        src/lexer.ts:88             61,204 objects  98.3 %  4.81 MB
            < parse       src/parser.ts:12
          clone           .../internal/clone.js:1204     900 objects   1.4 %  1.73 MB
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230               40 objects  <0.1 %   700 kB
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
          tokenize        src/lexer.ts:88             4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone           .../internal/clone.js:1204  1.73 MB  23.7 %     900 objects
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230            700 kB   9.6 %      40 objects
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
          tokenize        src/lexer.ts:88             4.81 MB  65.9 %  61,204 objects
            < parse       src/parser.ts:12
          clone           .../internal/clone.js:1204  1.73 MB  23.7 %     900 objects
            < .. < parse  src/parser.ts:12
          Parser.finish   src/parser.ts:230            700 kB   9.6 %      40 objects
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

  it('speaks for .not', () => {
    const text = budgetText({
      limit: 8_000_000,
      negated: true,
      name: 'bound parse',
      ledger: 'heap',
    });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected one call of parse() not to allocate less than 8 MB of V8's heap, but it allocated 7.31 MB.

        Measured on the baseline tier: 5 rounds of 3 calls, spread 12 B, Node 20.20.2.
        Next: drop \`.not\`, or lower the limit: not.toAllocateLessThan('7.3 MB').
      "
    `);
  });

  it('prints numbers apart that would look alike', () => {
    const measurement = measurementOf({
      heap: { allocatedBytes: 5_000_001 },
      callsites: [],
    });
    expect(budgetText({ limit: 5_000_000, measurement })).toContain(
      'to allocate less than 5,000,000 B, but it allocated 5,000,001 B (+1 B).',
    );
  });

  it('says why exactly the limit fails', () => {
    const measurement = measurementOf({
      heap: { allocatedBytes: 56_008 },
      callsites: [],
    });
    expect(
      budgetText({ limit: 56_008, measurement, ledger: 'heap' }),
    ).toMatchInlineSnapshot(`
      "
      Expected one call to allocate less than 56,008 B of V8's heap, but it allocated exactly 56,008 B (not less).

        Measured on the baseline tier: 5 rounds of 3 calls, spread 12 B, Node 20.20.2.
        Next: make it allocate less, or raise the limit: toAllocateLessThan('57 kB').
      "
    `);
  });

  it('speaks of one object', () => {
    const measurement = measurementOf({ heap: { allocatedCount: 1 }, callsites: [] });
    expect(budgetText({ metric: 'allocatedCount', limit: 1, measurement })).toContain(
      'Expected one call to allocate fewer than 1 object, but it allocated exactly 1 (not fewer).',
    );
  });

  it('suggests a limit that would pass', () => {
    const text = budgetText({ limit: 5_000_000 });
    expect(text).toContain("toAllocateLessThan('7.4 MB')");
    expect(
      judgeBudget({
        metric: 'allocatedBytes',
        limit: 7_400_000,
        measurement: measurementOf({}),
        ledger: 'total',
      }).pass,
    ).toBe(true);
  });

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
      callsites: [callsite(999_400_000, 123_456_789, long, long, parse, test)],
    });
    const text = budgetText({ limit: 1, measurement });
    expectToFit(text);
    expect(text).toContain('createInstance  ');
    expect(text).toContain('bean.ts:10432');
    expectToFit(budgetText({ limit: 1, measurement, metric: 'allocatedCount' }));
  });

  it('does not tell the user to change a dependency', () => {
    const clone = frame('clone', 'node_modules/deep/clone.js', 3);
    const measurement = measurementOf({ callsites: [callsite(7e6, 10, clone, parse)] });
    expect(budgetText({ limit: 1, measurement })).toContain(
      'Next: make it allocate less',
    );
  });

  it('prints no colour by default', () => {
    expect(budgetText({ limit: 1 })).not.toContain('\u001B');
  });
});

const createSession = frame('createSession', 'src/session.ts', 14);
const handle = frame('handle', 'src/server.ts', 41);

function leakSite(
  objectsPerCall: number,
  bytesPerCall: number,
  ...frames: Frame[]
): LeakSite {
  return {
    frames,
    objectsPerCall,
    bytesPerCall,
    series: [0, 20, 60, 120].map((calls) => ({
      calls,
      liveCount: 3 + Math.round(calls * objectsPerCall),
      liveBytes: 48 + Math.round(calls * bytesPerCall),
    })),
  };
}

function leakText(
  report: Partial<LeakReport>,
  options: { allow?: number; name?: string; negated?: boolean; verbose?: boolean } = {},
): string {
  const { allow, ...rest } = options;
  const full: LeakReport = {
    verdict: 'leak',
    calls: 120,
    warmup: 10,
    heapBytesPerCall: 16.4,
    arrayBufferBytesPerCall: 0,
    sites: [leakSite(1, 16, createSession, handle, test)],
    groups: [],
    collections: [],
    growths: [],
    resources: [],
    nativeSites: [],
    nativeCallers: [],
    timings: { warmUpMs: 1, plainMs: 2, sampledMs: 3, snapshotMs: 4 },
    nodeVersion: 'v20.20.2',
    durationMs: 38.6,
    ...report,
  };
  const text = formatLeak(judgeLeak(full, allow), full, {
    root,
    name: 'handle',
    ...rest,
  });
  return `\n${text}\n`;
}

describe('formatLeak', () => {
  it('says what stays, where it is allocated, and what to do', () => {
    const text = leakText({});
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 1 object (16 B) alive.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at:
          createSession  src/session.ts:14  1 per call  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what createSession() makes: a listener, a timer, a
              Map? If it may grow: toNotLeak({ allow: '16 B' }).
      "
    `);
  });

  it('shows three of many sites', () => {
    const sites = Array.from({ length: 6 }, (_, index) =>
      leakSite(
        index + 1,
        32 * (index + 1),
        frame(`keep${String(index)}`, 'src/store.ts', index + 1),
        handle,
      ),
    );
    const text = leakText({ sites, arrayBufferBytesPerCall: 65_536 }, { name: '' });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected the function not to leak, but every call keeps 21 objects (672 B) and 65.5 kB of ArrayBuffer stores alive.

        120 calls left 2,538 objects and 80.9 kB on the heap, ArrayBuffer stores grew
        by 7.86 MB.
        allocated at:
          keep5       src/store.ts:6    6 per call  192 B
            < handle  src/server.ts:41
          keep4       src/store.ts:5    5 per call  160 B
            < handle  src/server.ts:41
          keep3       src/store.ts:4    4 per call  128 B
            < handle  src/server.ts:41
          ...and 3 more (192 B per call)

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what keep5() makes: a listener, a timer, a Map? If
              it may grow: toNotLeak({ allow: '67 kB' }).
      "
    `);
  });

  it.each([
    [0.04, 'but every 25 calls keep 1 object (400 B) alive.'],
    [0.7, 'but every 100 calls keep 70 objects (1.6 kB) alive.'],
    [2, 'but every call keeps 2 objects (16 B) alive.'],
    [0, "but every call keeps 16 B of V8's heap alive."],
  ])('words %d objects per call', (objectsPerCall, words) => {
    const sites = [leakSite(objectsPerCall, 16, createSession)];
    expect(leakText({ sites })).toContain(words);
  });

  it('says what grew where no site can be named', () => {
    const text = leakText({
      sites: [],
      heapBytesPerCall: 0,
      arrayBufferBytesPerCall: 65_536,
    });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 65.5 kB of ArrayBuffer stores alive.

        120 calls changed V8's heap by 0 B and ArrayBuffer stores by 7.86 MB.
        No allocating function could be named for it.

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds the Buffers and typed arrays that a call makes. If
              it may grow: toNotLeak({ allow: '66 kB' }).
      "
    `);
  });

  it('says that it could not decide', () => {
    const text = leakText({ verdict: 'undecided' });
    expectToFit(text);
    expect(text).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but that is undecided: after 120 calls it still grew by 16 B per call.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at:
          createSession  src/session.ts:14  1 per call  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: it may be a cache that fills. Let it fill with more \`iterations\` or a
              longer \`timeoutMs\`, or accept the growth: toNotLeak({ allow: '16 B' }).
      "
    `);
    const negated = leakText({ verdict: 'undecided' }, { negated: true });
    expect(negated).toContain('Expected handle() to leak, but that is undecided:');
    expect(negated).not.toContain('allow');
  });

  it('speaks for .not', () => {
    const clean = { verdict: 'clean', sites: [], heapBytesPerCall: 0 } as const;
    expect(leakText(clean, { negated: true })).toMatchInlineSnapshot(`
      "
      Expected handle() to leak, but 120 calls left nothing behind.

        120 calls changed V8's heap by 0 B and ArrayBuffer stores by 0 B.

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: drop \`.not\`, or check that what should stay is still referenced after
              the call.
      "
    `);
    expect(leakText({}, { negated: true, allow: 1_000 })).toMatchInlineSnapshot(`
      "
      Expected handle() to leak, but every call keeps 1 object (16 B) alive, and \`allow\` accepts 1 kB.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at:
          createSession  src/session.ts:14  1 per call  16 B
            < handle     src/server.ts:41

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: drop \`.not\`, or allow less.
      "
    `);
  });

  it('shows the readings on request', () => {
    expect(leakText({}, { verbose: true })).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 1 object (16 B) alive.

        120 calls left 123 objects and 1.97 kB on the heap.
        allocated at:
          createSession    src/session.ts:14      1 per call  16 B
            < handle       src/server.ts:41
            < (anonymous)  test/parser.test.ts:9
            after 0 calls: 3 objects, 48 B
            after 20 calls: 23 objects, 368 B
            after 60 calls: 63 objects, 1.01 kB
            after 120 calls: 123 objects, 1.97 kB

        Observed 120 calls after 10 warm-up calls in 39 ms (Node 20.20.2).
        Next: find what still holds what createSession() makes: a listener, a timer, a
              Map? If it may grow: toNotLeak({ allow: '16 B' }).
      "
    `);
  });
});

describe('frameLocation', () => {
  it.each([
    ['src/lexer.ts', 40, 'src/lexer.ts:88'],
    [
      'node_modules/a-long-package/lib/internal/clone.js',
      30,
      '.../lib/internal/clone.js:88',
    ],
    ['node_modules/a-long-package/lib/internal/clone.js', 15, '.../clone.js:88'],
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
  });
});

describe('wording', () => {
  it.each([
    ['parse', 'parse()'],
    ['bound parse', 'parse()'],
    ['get size', 'size()'],
    ['', undefined],
    [undefined, undefined],
    ['my case > works', undefined],
    ['x'.repeat(41), undefined],
  ])('calls a function named %o %o', (name, text) => {
    expect(callOf(name)).toBe(text);
  });

  it('never rounds a share to nothing', () => {
    expect([0, 0.0001, 0.658, 1].map(formatShare)).toEqual([
      '0.0 %',
      '<0.1 %',
      '65.8 %',
      '100.0 %',
    ]);
  });

  it.each([
    [0, 1, 0, 0],
    [0.5, 1, 1, 0],
    [16, 17, 16, 16],
    [7_310_000, 7_400_000, 7_400_000, 7_300_000],
    [7_400_000, 7_500_000, 7_400_000, 7_400_000],
    [999_999, 1_000_000, 1_000_000, 990_000],
  ])('rounds %d', (value, above, up, down) => {
    expect([roundAbove(value), roundUp(value), roundDown(value)]).toEqual([
      above,
      up,
      down,
    ]);
  });
});

describe('wrap', () => {
  it('keeps numbers with their units and code in one piece', () => {
    expect(wrap("take 7.31 MB or toNotLeak({ allow: '16 B' }).", 20, '  ', '  ')).toEqual(
      ['  take 7.31 MB or', "    toNotLeak({ allow: '16 B' })."],
    );
  });
});
