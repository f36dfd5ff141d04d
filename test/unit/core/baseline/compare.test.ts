import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Tolerances } from '../../../../packages/core/src/compare/tolerance.js';
import { compareRecords, incomparable } from '../../../../packages/core/src/compare.js';
import type { BaselineRecord, Tolerance } from '../../../../packages/core/src/types.js';
import { bytes, number, record, records, site } from './records.js';

function all(tolerance: Tolerance): Tolerances {
  const ledger = {
    allocatedBytes: tolerance,
    allocatedCount: tolerance,
    peakBytes: tolerance,
    retainedBytes: tolerance,
  };
  return { heap: ledger, native: ledger };
}

const none = all({ relative: 0, absolute: 0 });
const twoPercent = all({ relative: 0.02, absolute: 0 });

function verdict(before: BaselineRecord, now: BaselineRecord, tolerances = none): string {
  return compareRecords(before, now, tolerances).verdict;
}

describe('a number', () => {
  it.each([
    [10_000, 10_200, 'equal'],
    [10_000, 10_200.001, 'regressed'],
    [10_000, 9_800, 'equal'],
    [10_000, 9_799.999, 'improved'],
    [0, 0, 'equal'],
    [0, 1, 'regressed'],
    [-100, -98, 'equal'],
    [-100, -97, 'regressed'],
    [-100, -103, 'improved'],
  ])('of %d that becomes %d is %s at 2 %%', (before, now, expected) => {
    expect(verdict(bytes(before), bytes(now), twoPercent)).toBe(expected);
  });

  it.each([
    [0, 64, 'equal'],
    [0, 65, 'regressed'],
    [1, 65, 'equal'],
    [100, 36, 'equal'],
    [100, 35, 'improved'],
  ])('of %d that becomes %d is %s with a floor of 64', (before, now, expected) => {
    const floor = all({ relative: 0.02, absolute: 64 });
    expect(verdict(bytes(before), bytes(now), floor)).toBe(expected);
  });

  it('may move by the noise of both sides', () => {
    expect(verdict(bytes(1_000, 30), bytes(1_050, 20))).toBe('equal');
    expect(verdict(bytes(1_000, 30), bytes(1_051, 20))).toBe('regressed');
  });

  it.each([
    [0, 0, 10_020, 'equal'],
    [0, 0, 10_021, 'regressed'],
    [1, 0, 10_150, 'equal'],
    [0, 1, 10_150, 'equal'],
    [1, 1, 10_151, 'regressed'],
  ])(
    'has another share where rounds disagree: by %d and %d, %d',
    (was, is, now, expected) => {
      const unsteady = all({ relative: 0.002, absolute: 0.5, unsteady: 0.015 });
      expect(verdict(bytes(10_000, was), bytes(now, is), unsteady)).toBe(expected);
    },
  );

  it('says which part of the tolerance counted', () => {
    const tolerances = all({ relative: 0.01, absolute: 50 });
    const by = (before: BaselineRecord): unknown =>
      compareRecords(before, bytes(1_000), tolerances).metrics[0]?.allowedBy;
    expect(by(bytes(10_000))).toBe('relative');
    expect(by(bytes(1_000))).toBe('absolute');
    expect(by(bytes(1_000, 51))).toBe('noise');
  });
});

describe('a comparison', () => {
  it('is regressed when one metric is, whatever the others are', () => {
    const before = record({
      heap: { allocatedBytes: number(100), allocatedCount: number(100) },
    });
    const now = record({
      heap: { allocatedBytes: number(50), allocatedCount: number(101) },
    });
    expect(verdict(before, now)).toBe('regressed');
  });

  it('keeps the ledgers apart', () => {
    const before = record({
      heap: { allocatedBytes: number(100) },
      native: { allocatedBytes: number(0) },
    });
    const now = record({
      heap: { allocatedBytes: number(0) },
      native: { allocatedBytes: number(100) },
    });
    expect(
      compareRecords(before, now, none).metrics.map(({ ledger, verdict: is }) => [
        ledger,
        is,
      ]),
    ).toEqual([
      ['heap', 'improved'],
      ['native', 'regressed'],
    ]);
  });

  it('leaves out what one side does not have', () => {
    const before = record({
      heap: { allocatedBytes: number(100), peakBytes: number(1) },
    });
    const now = record({ heap: { allocatedBytes: number(100) }, native: {} });
    expect(compareRecords(before, now, none).metrics).toHaveLength(1);
  });

  it('with itself is equal, at any tolerance', () => {
    fc.assert(
      fc.property(records, (one) => {
        const comparison = compareRecords(one, one, none);
        expect(comparison.verdict).toBe('equal');
        expect(comparison.blame).toEqual([]);
        for (const change of comparison.callsites) {
          expect([change.bytesDifference, change.countDifference]).toEqual([0, 0]);
        }
      }),
    );
  });

  it('the other way round has the difference with the other sign', () => {
    fc.assert(
      fc.property(records, records, (a, b) => {
        const there = compareRecords(a, b, none).metrics;
        const back = compareRecords(b, a, none).metrics;
        expect(back.map(({ difference }) => difference)).toEqual(
          there.map(({ difference }) => 0 - difference),
        );
      }),
    );
  });

  it('is no worse with more tolerance', () => {
    const more = all({ relative: 0.5, absolute: 1e6 });
    fc.assert(
      fc.property(records, records, (a, b) => {
        if (verdict(a, b, none) === 'equal') expect(verdict(a, b, more)).toBe('equal');
      }),
    );
  });
});

describe('incomparable', () => {
  it.each([
    ['another tier', { tier: 'optimized' }, 'tier'],
    ['another major of Node', { node: '24.0.0' }, 'node'],
    ['another minor of highwater before 1.0', { highwater: '0.2.0' }, 'highwater'],
    ['another major of highwater', { highwater: '1.0.0' }, 'highwater'],
  ] as const)('%s', (_, changes, because) => {
    expect(incomparable(record(), record(changes))).toMatchObject({ because });
  });

  it('not another patch', () => {
    const now = record({ node: '22.9.9', highwater: '0.1.9', v8: '13.0.0' });
    expect(incomparable(record(), now)).toBeUndefined();
  });

  it('no number in common', () => {
    const now = record({ heap: { peakBytes: number(1) } });
    expect(incomparable(record(), now)).toEqual({ because: 'metrics', missing: [] });
    const native = record({ heap: {}, native: { allocatedBytes: number(1) } });
    expect(incomparable(record(), native)).toEqual({ because: 'metrics', missing: [] });
  });

  it('a number that was asked for by name', () => {
    const why = incomparable(record(), record(), ['allocatedBytes', 'peakBytes']);
    expect(why).toEqual({ because: 'metrics', missing: ['peakBytes'] });
  });
});

describe('callsites', () => {
  const pairs = (before: BaselineRecord['callsites'], now: BaselineRecord['callsites']) =>
    compareRecords(
      record({ callsites: before }),
      record({ callsites: now }),
      none,
    ).callsites.map((change) => [
      change.baseline?.line,
      change.now?.line,
      change.bytesDifference,
    ]);

  it('are the same when lines have shifted', () => {
    expect(pairs([site({ line: 10 })], [site({ line: 14 })])).toEqual([[10, 14, 0]]);
  });

  it('without names are paired in their order', () => {
    const before = [
      site({ function: '', line: 1, allocatedBytes: 10 }),
      site({ function: '', line: 5, allocatedBytes: 20 }),
    ];
    const now = [
      site({ function: '', line: 3, allocatedBytes: 15 }),
      site({ function: '', line: 7, allocatedBytes: 20 }),
    ];
    expect(pairs(before, now)).toEqual([
      [1, 3, 5],
      [5, 7, 0],
    ]);
  });

  it('find a new nameless one among its like', () => {
    const before = [site({ function: '', line: 5, allocatedBytes: 20 })];
    const now = [
      site({ function: '', line: 5, allocatedBytes: 99 }),
      site({ function: '', line: 9, allocatedBytes: 20 }),
    ];
    expect(pairs(before, now)).toEqual([
      [undefined, 5, 99],
      [5, 9, 0],
    ]);
  });

  it('come and go', () => {
    const a = site({ function: 'a', allocatedBytes: 5 });
    const b = site({ function: 'b', allocatedBytes: 7 });
    expect(pairs([a], [b])).toEqual([
      [undefined, 10, 7],
      [10, undefined, -5],
    ]);
  });

  it('appear once, whatever they are', () => {
    fc.assert(
      fc.property(records, records, (a, b) => {
        const changes = compareRecords(a, b, none).callsites;
        const side = (which: 'baseline' | 'now') =>
          changes.flatMap((change) => change[which] ?? []);
        expect(new Set(side('baseline'))).toEqual(new Set(a.callsites));
        expect(side('baseline')).toHaveLength(a.callsites.length);
        expect(side('now')).toHaveLength(b.callsites.length);
      }),
    );
  });
});

describe('blame', () => {
  const withSites = (value: number, sites: BaselineRecord['callsites']): BaselineRecord =>
    record({ heap: { allocatedBytes: number(value) }, callsites: sites });

  it('names the fewest functions that make up 90 % of the change', () => {
    const f = (name: string, allocatedBytes: number) =>
      site({ function: name, allocatedBytes });
    const before = withSites(1_000, [f('a', 500), f('b', 500)]);
    const now = withSites(2_000, [f('a', 1_000), f('b', 900), f('c', 100)]);
    const [blame] = compareRecords(before, now, none).blame;
    expect(blame?.callsites.map(({ now: after }) => after?.function)).toEqual(['a', 'b']);
    expect(blame?.share).toBeCloseTo(0.9);
  });

  it('says how little it knows', () => {
    const [blame] = compareRecords(
      withSites(1_000, []),
      withSites(2_000, [site({ allocatedBytes: 300 })]),
      none,
    ).blame;
    expect(blame?.share).toBeCloseTo(0.3);
  });

  it('is of objects when only their number has risen', () => {
    const before = record({ heap: { allocatedCount: number(1) }, callsites: [] });
    const now = record({
      heap: { allocatedCount: number(2) },
      callsites: [site({ allocatedCount: 1 })],
    });
    expect(compareRecords(before, now, none).blame).toMatchObject([
      { ledger: 'heap', by: 'allocatedCount', share: 1 },
    ]);
  });

  it('has nothing to say of a peak', () => {
    const before = record({ heap: { peakBytes: number(1) } });
    const now = record({ heap: { peakBytes: number(2) }, callsites: [site()] });
    expect(compareRecords(before, now, none).blame).toEqual([]);
  });

  it('is of native memory apart', () => {
    const before = record({ native: { allocatedBytes: number(0) } });
    const nativeCallsites = [site({ function: 'read', allocatedBytes: 4_000 })];
    const now = record({ native: { allocatedBytes: number(4_000) }, nativeCallsites });
    const { blame, callsites } = compareRecords(before, now, none);
    expect(blame).toMatchObject([{ ledger: 'native', by: 'allocatedBytes', share: 1 }]);
    expect(blame[0]!.callsites[0]).toMatchObject({ now: { function: 'read' } });
    expect(callsites).toEqual([]);
  });

  it('knows nothing of native memory that was recorded without its callsites', () => {
    const before = record({ native: { allocatedBytes: number(1) } });
    const nativeCallsites = [site()];
    const now = record({ native: { allocatedBytes: number(4_000) }, nativeCallsites });
    const { blame, nativeCallsites: changes } = compareRecords(before, now, none);
    expect(changes).toEqual([]);
    expect(blame).toMatchObject([{ ledger: 'native', share: 0 }]);
  });
});
