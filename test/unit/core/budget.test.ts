import { describe, expect, it } from 'vitest';
import { judgeBudget, judgeLeak } from '../../../packages/core/src/budget.js';
import type {
  LeakReport,
  LeakSite,
  PartialMeasurement,
} from '../../../packages/core/src/types.js';
import { measurementOf as anyMeasurement } from './format/budgets.js';
import { reportOf as anyReport } from './format/leaks.js';

function measurementOf(
  heap: PartialMeasurement['heap'],
  native: PartialMeasurement['native'] = {},
): PartialMeasurement {
  return anyMeasurement({ heap, native, spread: {}, callsites: [] });
}

const allocated = measurementOf({ allocatedBytes: 1_000 }, { allocatedBytes: undefined });
const retained = measurementOf({ retainedBytes: 100 }, { retainedBytes: 64 });

describe('judgeBudget', () => {
  it.each([
    [999, false],
    [1_000, false],
    [1_001, true],
  ])('holds 1,000 B against a limit of %d B: %o', (limit, pass) => {
    const verdict = judgeBudget({
      metric: 'allocatedBytes',
      limit,
      measurement: allocated,
      ledger: 'heap',
    });
    expect(verdict.pass).toBe(pass);
    expect(verdict.difference).toBe(1_000 - limit);
  });

  it('fails a limit of 0 for a function that allocates nothing: nothing is less', () => {
    const measurement = measurementOf({ allocatedBytes: 0 });
    const question = { metric: 'allocatedBytes', measurement, ledger: 'heap' } as const;
    expect(judgeBudget({ ...question, limit: 0 }).pass).toBe(false);
    expect(judgeBudget({ ...question, limit: 1 }).pass).toBe(true);
  });

  it('adds both ledgers to a total', () => {
    const question = {
      metric: 'retainedBytes',
      limit: 164,
      measurement: retained,
    } as const;
    expect(judgeBudget({ ...question, ledger: 'total' })).toEqual({
      pass: false,
      metric: 'retainedBytes',
      ledger: 'total',
      limit: 164,
      actual: 164,
      difference: 0,
      parts: { heap: 100, native: 64 },
      unmeasured: [],
    });
    expect(judgeBudget({ ...question, ledger: 'heap' }).actual).toBe(100);
    expect(judgeBudget({ ...question, ledger: 'native' }).actual).toBe(64);
  });

  it('says which part of a total is missing', () => {
    const verdict = judgeBudget({
      metric: 'allocatedBytes',
      limit: 2_000,
      measurement: allocated,
      ledger: 'total',
    });
    expect(verdict).toMatchObject({
      pass: true,
      actual: 1_000,
      parts: { heap: 1_000, native: undefined },
      unmeasured: ['native'],
    });
  });

  it('misses no native part where there can be none', () => {
    const verdict = judgeBudget({
      metric: 'allocatedCount',
      limit: 2,
      measurement: measurementOf({ allocatedCount: 1 }),
      ledger: 'total',
    });
    expect(verdict.unmeasured).toEqual([]);
  });

  it.each(['allocatedBytes', 'peakBytes', 'allocatedCount'] as const)(
    'refuses to judge %s of an unmeasured native ledger',
    (metric) => {
      const measurement = measurementOf({ [metric]: 1 });
      expect(() =>
        judgeBudget({ metric, limit: 9, measurement, ledger: 'native' }),
      ).toThrow(/cannot measure .*native/);
    },
  );

  it('refuses to judge what was not measured', () => {
    expect(() =>
      judgeBudget({
        metric: 'peakBytes',
        limit: 9,
        measurement: allocated,
        ledger: 'heap',
      }),
    ).toThrow('peakBytes was judged but not measured');
  });
});

const site: LeakSite = {
  frames: [],
  objectsPerCall: 1,
  bytesPerCall: 16,
  series: [],
};

function reportOf(report: Partial<LeakReport>): LeakReport {
  return anyReport({
    calls: 120,
    heapBytesPerCall: 20,
    sites: [site],
    groups: [],
    durationMs: 40,
    ...report,
  });
}

describe('judgeLeak', () => {
  it.each([
    ['clean', true, false],
    ['leak', false, true],
    ['undecided', false, false],
  ] as const)('%s: toNotLeak %o, not.toNotLeak %o', (verdict, pass, negatedPass) => {
    const sites = verdict === 'clean' ? [] : [site];
    expect(judgeLeak(reportOf({ verdict, sites }))).toMatchObject({
      pass,
      negatedPass,
      verdict,
      isAccepted: false,
    });
  });

  it.each([
    [1_299, false],
    [1_300, true],
  ])('counts all native memory once: %d B allowed: %o', (allow, pass) => {
    const stores = { arrayBufferBytesPerCall: 1_000, nativeBytesPerCall: 1_300 };
    const report = reportOf({ ...stores, sites: [], nativeSites: [site] });
    expect(judgeLeak(report, allow)).toMatchObject({
      pass,
      bytesPerCall: 1_300,
      arrayBufferBytesPerCall: 1_000,
      nativeBytesPerCall: 300,
    });
  });

  it.each([
    [15, false],
    [16, true],
    [1_000, true],
  ])('accepts 16 B per call when %d B are allowed: %o', (allow, pass) => {
    expect(judgeLeak(reportOf({}), allow)).toMatchObject({
      pass,
      negatedPass: !pass,
      isAccepted: pass,
      allowedBytesPerCall: allow,
    });
  });

  it('accepts undecided growth too', () => {
    expect(judgeLeak(reportOf({ verdict: 'undecided' }), 16).pass).toBe(true);
    expect(judgeLeak(reportOf({ verdict: 'undecided' }), 15).pass).toBe(false);
  });

  it('accepts nothing in a clean report: there is nothing to accept', () => {
    expect(judgeLeak(reportOf({ verdict: 'clean', sites: [] }), 16).isAccepted).toBe(
      false,
    );
  });

  it('counts ArrayBuffer stores', () => {
    const report = reportOf({ arrayBufferBytesPerCall: 65_536 });
    expect(judgeLeak(report).bytesPerCall).toBe(65_552);
    expect(judgeLeak(report, 16).pass).toBe(false);
  });

  it('takes the growth of the heap where no site is known', () => {
    expect(judgeLeak(reportOf({ sites: [] })).bytesPerCall).toBe(20);
    expect(judgeLeak(reportOf({ sites: [], heapBytesPerCall: -5 })).bytesPerCall).toBe(0);
  });
});
