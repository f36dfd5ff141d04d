// Every number of a failure has one meaning: rows add up to what the first line says, and none is more than that.

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../../packages/core/src/budget.js';
import { formatLeak } from '../../../../packages/core/src/format/leak-text.js';
import { formatLimit } from '../../../../packages/core/src/format/limit-text.js';
import type {
  LeakGroup,
  LeakReport,
  LeakSite,
  Metric,
} from '../../../../packages/core/src/types.js';
import { budgetText, callsite, measurementOf } from './budgets.js';
import { frame, root } from './frames.js';
import { group, reportOf } from './leaks.js';

const SIZE = String.raw`([\d.,]+) (B|kB|MB|GB)`;
const UNITS: Readonly<Record<string, number>> = { B: 1, kB: 1e3, MB: 1e6, GB: 1e9 };

/** The sizes that a pattern finds, in bytes. `SIZE` in it stands for one. */
function sizes(text: string, pattern: string): readonly number[] {
  const matches = text.matchAll(new RegExp(pattern.replace('SIZE', SIZE), 'gm'));
  return [...matches].map(
    ([, digits = '', unit = '']) => numberOf(digits) * UNITS[unit]!,
  );
}

function counts(text: string, pattern: string): readonly number[] {
  return [...text.matchAll(new RegExp(pattern, 'gm'))].map(([, digits = '']) =>
    numberOf(digits),
  );
}

function numberOf(digits: string): number {
  return Number(digits.replaceAll(',', ''));
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

/** What three digits leave open of a number: half of the third, at most 0.5 %, and of small ones half a unit. */
function roundingOf(value: number): number {
  return Math.max(0.5, 0.005 * Math.abs(value)) * 1.001;
}

function expectSum(
  parts: readonly number[],
  whole: number,
  text: string,
  share = 0,
): void {
  const rounding = share * whole + sum([...parts, whole].map(roundingOf));
  expect(Math.abs(sum(parts) - whole), text).toBeLessThanOrEqual(rounding);
  for (const part of parts) expect(part, text).toBeLessThanOrEqual(whole + rounding);
}

const bytes = fc.integer({ min: 16, max: 5_000_000 });
const perCall = fc.oneof(
  fc.integer({ min: 1, max: 40 }),
  fc.constantFrom(0.04, 0.02, 0.5),
);
const className = fc.constantFrom('Session', 'Object', '(string)', '(closure)', 'Date');

const leakGroup = fc
  .record({
    className,
    objectsPerCall: perCall,
    own: bytes,
    held: fc.array(
      fc.record({ className, objectsPerCall: perCall, bytesPerCall: bytes }),
      {
        maxLength: 5,
      },
    ),
    holder: fc.integer({ min: 0, max: 9 }),
  })
  .map(({ className, objectsPerCall, own, held, holder }): LeakGroup => {
    const base = group();
    const [first, ...rest] = base.path.steps;
    return group({
      className,
      objectsPerCall,
      objectCount: objectsPerCall * 500,
      bytesPerCall: own,
      retainedBytesPerCall: own + sum(held.map(({ bytesPerCall }) => bytesPerCall)),
      contents: held,
      path: {
        ...base.path,
        steps: [{ ...first!, name: `holder${'abcdefghij'[holder]}` }, ...rest],
      },
    });
  });

const site = fc
  .record({
    line: fc.integer({ min: 1, max: 99 }),
    objectsPerCall: perCall,
    bytesPerCall: bytes,
  })
  .map(
    ({ line, objectsPerCall, bytesPerCall }): LeakSite => ({
      frames: [frame('keep', 'src/store.ts', line)],
      objectsPerCall,
      bytesPerCall,
      series: [{ calls: 7, liveCount: objectsPerCall * 7, liveBytes: bytesPerCall * 7 }],
    }),
  );
const sites = fc.array(site, { minLength: 1, maxLength: 8 });

function leakOf(report: Partial<LeakReport>, verbose = false) {
  const full = reportOf(report);
  const judgement = judgeLeak(full);
  return {
    text: formatLeak(judgement, full, { root, name: 'handle', verbose }),
    judgement,
  };
}

const unitIn = (text: string): number =>
  Number(/every ([\d,]+) calls/.exec(text)?.[1]?.replace(',', '') ?? 1);

describe('the rows of a leak', () => {
  it('that a snapshot explains add up, in bytes and in objects', () => {
    fc.assert(
      fc.property(
        fc.array(leakGroup, { minLength: 1, maxLength: 8 }),
        sites,
        fc.oneof(fc.constant(0), bytes),
        fc.boolean(),
        (groups, sites, nativeBytesPerCall, verbose) => {
          const { text, judgement } = leakOf(
            { groups, sites, nativeBytesPerCall },
            verbose,
          );
          const [head = ''] = text.split('\n');
          const [kept = 0] = sizes(
            head,
            String.raw`\(SIZE(?: with what (?:it holds|they hold))?\)`,
          );
          const beside = sizes(
            head,
            'SIZE of other (?:native memory|ArrayBuffer stores)',
          );
          const calls = unitIn(head);
          expectSum([kept, ...beside], judgement.bytesPerCall * calls, text);

          const rows = sizes(
            text,
            String.raw`^ {6}[\d.,]+ .*?: SIZE\s+per\s+(?:call|[\d,]+ calls)`,
          );
          const rest = sizes(text, String.raw`more paths? \(SIZE per`);
          if (rows.length + rest.length > 0) expectSum([...rows, ...rest], kept, text);

          const [, table = ''] = text.split('allocated at');
          const [all = 0] = counts(table, String.raw`^ \(([\d.,]+) objects? per`);
          const listed = counts(table, String.raw`^ {4}\S.*? {2}([\d.,]+) objects?$`);
          const more = counts(
            table,
            String.raw`^ {4}\.\.\.and \d+ more \(([\d.,]+) objects?\)`,
          );
          expectSum([...listed, ...more], all, text);
          // Sizes when it was allocated are others than those of a snapshot.
          expect(table.split('held by')[0]).not.toMatch(/ [\d.]+ k?B/);
        },
      ),
    );
  });

  it('that only callsites explain add up', () => {
    fc.assert(
      fc.property(
        sites,
        fc.oneof(fc.constant(0), bytes),
        (sites, arrayBufferBytesPerCall) => {
          const { text } = leakOf({ groups: [], sites, arrayBufferBytesPerCall });
          const [head = ''] = text.split('\n');
          const [, table = ''] = text.split('allocated at');
          const [kept = 0] = sizes(head, String.raw`objects? \(SIZE\)`);
          expectSum(
            [
              ...sizes(table, String.raw`^ {4}\S.* {2}SIZE$`),
              ...sizes(table, String.raw`more \([\d.,]+ objects?, SIZE\)`),
            ],
            kept,
            text,
          );
          expectSum(
            [
              ...counts(table, String.raw`^ {4}\S.*? {2,}([\d.,]+) objects? {2}`),
              ...counts(table, String.raw`more \(([\d.,]+) objects?,`),
            ],
            counts(head, String.raw`([\d.,]+) objects? \(`)[0] ?? 0,
            text,
          );
        },
      ),
    );
  });

  it('of native memory add up', () => {
    fc.assert(
      fc.property(sites, sites, (nativeSites, sites) => {
        const nativeBytesPerCall = sum(nativeSites.map((one) => one.bytesPerCall));
        const { text } = leakOf({ groups: [], sites, nativeSites, nativeBytesPerCall });
        const [head = ''] = text.split('\n');
        const [, table = ''] = text.split('asked for at');
        expectSum(
          [
            ...sizes(table, String.raw`^ {4}\S.* {2}SIZE$`),
            ...sizes(table, String.raw`more \([\d.,]+ blocks?, SIZE\)`),
          ],
          sizes(head, 'SIZE of native memory')[0] ?? 0,
          text,
        );
      }),
    );
  });
});

describe('the rows of a budget', () => {
  const list = fc
    .array(
      fc.tuple(fc.integer({ min: 1, max: 60 }), bytes, fc.integer({ min: 1, max: 900 })),
      {
        minLength: 1,
        maxLength: 9,
      },
    )
    .map((rows) =>
      rows.map(([line, size, count]) =>
        callsite(size, count, frame('parse', 'src/parser.ts', line)),
      ),
    );
  const metrics: readonly Metric[] = [
    'allocatedBytes',
    'allocatedCount',
    'retainedBytes',
  ];

  it.each(metrics)('of %s add up to it, or say of what they are', (metric) => {
    fc.assert(
      fc.property(list, bytes, (callsites, actual) => {
        const measurement = measurementOf({
          callsites,
          heap: { [metric]: actual },
          native: {},
          ledger: 'heap',
        });
        const text = budgetText({ metric, limit: 1, ledger: 'heap', measurement });
        const shares = [
          ...counts(text, String.raw`^ {4}\S.*? {2}<?([\d.]+) %`),
          ...counts(text, String.raw`, <?([\d.]+) %\)`),
          ...counts(text, String.raw`\(<?([\d.]+) %\) seen in no function`),
        ];
        expect(Math.abs(sum(shares) - 100), text).toBeLessThanOrEqual(0.6);

        if (metric === 'retainedBytes') {
          const [, table = ''] = text.split('still alive per call');
          expect(table.split('Measured')[0]).not.toMatch(/\d k?M?B/);
          return;
        }
        const isCount = metric === 'allocatedCount';
        const find = (pattern: string): readonly number[] =>
          isCount
            ? counts(text, pattern.replace('SIZE', String.raw`([\d.,]+) objects?`))
            : sizes(text, pattern);
        const [sampled] = find(String.raw`by function \(SIZE in sampled calls\)`);
        expectSum(
          [
            ...find(String.raw`^ {4}\S.*? {2,}SIZE +<?[\d.]+ %`),
            ...find(String.raw`more \(SIZE, <?[\d.]+ %\)`),
            ...find(String.raw`^ {4}SIZE \(<?[\d.]+ %\) seen in no function`),
          ],
          sampled ?? actual,
          text,
          // Less than a percent that is in no function is not told.
          0.01,
        );
        if (sampled !== undefined) expect(sampled).toBeGreaterThan(actual);
      }),
    );
  });
});

describe('the groups of a limit', () => {
  it('add up to what is retained, with what was let go of', () => {
    fc.assert(
      fc.property(
        fc.array(bytes, { minLength: 1, maxLength: 6 }),
        fc.oneof(fc.constant(0), bytes),
        (sizesOfGroups, freed) => {
          const all = sum(sizesOfGroups);
          const actual = Math.max(16, all - freed);
          const text = formatLimit(
            {
              record: { metric: 'retained', limit: 1, actual, isBroken: true },
              numbers: { durationMs: 3, allocatedBytes: 9e6, peakBytes: 1, gcMs: 0 },
              callsites: [],
              retained: sizesOfGroups.map((retainedBytes) => ({
                className: 'Session',
                count: 2,
                retainedBytes,
                path: group().path,
              })),
              isOfTest: true,
              nodeVersion: 'v20.20.2',
            },
            { root },
          ).replaceAll(/\n +/g, (blank) => (blank.length === 3 ? ' ' : blank));
          const rows = [
            ...sizes(text, 'Session objects: SIZE with what only they hold'),
            ...sizes(text, 'more groups?: SIZE'),
          ];
          const [inAll = actual] = sizes(text, String.raw`\(SIZE in all, less`);
          // A percent that was let go of is not told.
          expectSum(rows, inAll, text, 0.01);
          const [less = 0] = sizes(text, 'in all, less SIZE that');
          expectSum([actual, less], inAll, text, 0.01);
        },
      ),
    );
  });
});
