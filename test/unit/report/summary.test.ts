import { describe, expect, it } from 'vitest';
import { formatSummary, formatTest } from '../../../packages/report/src/index.js';
import {
  after,
  allocating,
  fileOf,
  numbers,
  runOfTests,
  siteOf,
  testOf,
  unmeasured,
} from './runs.js';

describe('the summary of a run', () => {
  it('is quiet when nothing was measured and nothing went wrong', () => {
    expect(
      formatSummary(runOfTests([testOf('a', { state: 'skipped' })].map(unmeasured))),
    ).toEqual([]);
  });

  it('tells what is wrong first, then what is large, what stays and what it cost', () => {
    const run = {
      ...after,
      files: [
        fileOf('test/small.test.ts', { leftBehindBytes: 99_999 }),
        fileOf('test/leaky.test.ts', {
          leftBehindBytes: 1_200_000,
          classes: [
            { name: 'Session', count: 120, bytes: 1_100_000 },
            { name: 'Array', count: 1, bytes: 90_000 },
          ],
          heldBy: [
            'registry (module src/registry.ts:3): Map → entry "id-118": Session',
            'globalThis.list: Array',
          ],
        }),
      ],
      processes: [
        {
          name: 'node server.js',
          pid: 41,
          test: 'test/parser.test.ts > parser > serves',
          isNode: true,
          exitCode: 0,
          peakRssBytes: 99_000_000,
          isPeakExact: true,
          allocatedBytes: 40_000_000,
          peakHeapBytes: 12_000_000,
          nativePeakBytes: 3_000_000,
        },
        {
          name: 'psql',
          pid: 42,
          file: 'test/parser.test.ts',
          isNode: false,
          outlivedTest: true,
          signal: 'SIGTERM',
          peakRssBytes: 7_000_000,
          isPeakExact: false,
          unavailable: 'it is not Node',
        },
        { name: 'true', pid: 43, isNode: false, exitCode: 1 },
      ],
    };
    expect(`\n${formatSummary(run, { top: 2 }).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      Limits broken: 1 test
        parser > has a limit  test/parser.test.ts:40
          peak 31.2 MB, limit 24 MB (+7.2 MB)
            30 MB  readAll  src/read.ts:3

      Baselines regressed: 1 test
        parser > has a baseline  test/parser.test.ts:50
          allocated 10.5 kB per call, baseline 10 kB (+500 B, +5.0 %)
          objects 101 per call, baseline 100 (+1)

      Highest peak
        31.2 MB  parser > has a limit  test/parser.test.ts:40
          50 kB  parser > parses a large document  test/parser.test.ts:12

      Most allocated
        10.5 MB  parser > parses a large document  test/parser.test.ts:12
           4 MB  parser > prints  test/parser.test.ts:7

      Files that leave something behind: 1 file
        1.2 MB  test/leaky.test.ts
          1.1 MB: 120 Session objects
            held by registry (module src/registry.ts:3): Map → entry "id-118": Session
          90 kB: 1 Array
            held by globalThis.list: Array

      Processes that tests started, by peak RSS: 3
        99 MB  process 41: node server.js
          heap 12 MB at most, 40 MB allocated, native 3 MB at most
          started in test/parser.test.ts > parser > serves
        7 MB or more  process 42: psql
          only its RSS is known: it is not Node
          was still running at the end of its file; ended by SIGTERM later
          started in test/parser.test.ts
        ...and 1 more

      Not recorded: 1 problem
        The worker of test/crash.test.ts ended before the file did; 2 tests of it are
          recorded.

      7 tests measured · 19.4 MB allocated · highwater took 20 ms (1.3 %)
      "
    `);
  });

  it('has no line of more columns than there are', () => {
    const long = 'a title that goes on and on '.repeat(8);
    const file = `test/${'deep/'.repeat(20)}some.test.ts`;
    const run = runOfTests(
      [
        allocating(long, 5_000_000, {
          file,
          limits: [{ metric: 'peak', limit: 1, actual: 2, isBroken: true }],
          callsites: [siteOf('f'.repeat(90), 3_000_000, { file })],
        }),
      ],
      {
        files: [
          fileOf(file, {
            leftBehindBytes: 1e6,
            heldBy: [long],
            classes: [{ name: long, count: 1, bytes: 2 }],
          }),
        ],
        processes: [{ name: long, pid: 3, isNode: true, peakRssBytes: 5 }],
        problems: [long],
      },
    );
    for (const width of [80, 60, 120]) {
      const widths = formatSummary(run, { width }).map((line) => line.length);
      expect(Math.max(...widths)).toBeLessThanOrEqual(width);
    }
  });

  it('prints no control character of a title', () => {
    const run = runOfTests([allocating('\u001B[31mred\u0007\n', 5_000)]);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: what is looked for
    expect(formatSummary(run).join('\n')).not.toMatch(/[\x00-\x09\x0b-\x1f]/);
  });

  it('adds native memory where it is known', () => {
    const run = runOfTests([
      testOf('a', { measured: numbers({ peakBytes: 1_000, nativePeakBytes: 2_000 }) }),
    ]);
    expect(formatSummary(run)).toContainEqual(
      expect.stringMatching(/^ {2}3 kB {2}parser > a/),
    );
  });
});

describe('a test in detail', () => {
  it('has every number, its limits and its callsites', () => {
    const test = testOf('reads', {
      tries: 2,
      measured: numbers({
        nativePeakBytes: 70_000,
        rssPeakBytes: 90_123_456,
        retainedBytes: -40,
      }),
      hooks: { allocatedBytes: 3_000 },
      limits: [
        { metric: 'peak', limit: 40_000, actual: 50_000, isBroken: true },
        { metric: 'retained', limit: 10, actual: -40, isBroken: false },
      ],
      callsites: [siteOf('readAll', 30_000), siteOf('', 9, { file: '', line: 0 })],
    });
    expect(`\n${formatTest(test).join('\n')}\n`).toMatchInlineSnapshot(`
      "
      parser > reads  test/parser.test.ts:7
        passed after 2 tries in 12 ms, 1.0 ms of it collections
        allocated                100 kB     100,000 B
        peak                      50 kB      50,000 B
        retained                  -40 B         -40 B
        native peak               70 kB      70,000 B
        peak RSS of the worker  90.1 MB  90,123,456 B
        allocated in hooks         3 kB       3,000 B
        broken: peak 50 kB, limit 40 kB (+10 kB)
        held: retained -40 B, limit 10 B (-50 B)
        callsites
          30 kB  readAll      src/parser.ts:10
            9 B  (anonymous)  (built in)
      "
    `);
    const started = {
      name: 'node server.js',
      pid: 41,
      isNode: true,
      peakRssBytes: 99_000_000,
      isPeakExact: false,
      signal: 'SIGKILL',
      unavailable: 'it could not report',
    };
    expect(formatTest(testOf('a'), {}, [started]).slice(-4)).toEqual([
      '  processes that it started, by peak RSS',
      '    99 MB or more  process 41: node server.js',
      '      heap not known: it could not report',
      '      ended by SIGKILL',
    ]);
    expect(
      formatTest(
        unmeasured(
          testOf('a', { notMeasured: 'it is concurrent', limitsUnchecked: ['peak'] }),
        ),
      ),
    ).toEqual([
      'parser > a  test/parser.test.ts:7',
      '  passed',
      '  not measured: it is concurrent',
      '  limits not checked: peak',
    ]);
  });
});
