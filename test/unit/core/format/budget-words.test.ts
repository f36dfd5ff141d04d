// How the failure of a budget puts the limit beside the number, and what it advises.

import { describe, expect, it } from 'vitest';
import { judgeBudget } from '../../../../packages/core/src/budget.js';
import { budgetText, callsite, measurementOf } from './budgets.js';
import { expectToFit, frame, parse } from './frames.js';

describe('formatBudget', () => {
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

  it('does not tell the user to change a dependency', () => {
    const clone = frame('clone', 'node_modules/deep/clone.js', 3);
    const measurement = measurementOf({ callsites: [callsite(7e6, 10, clone, parse)] });
    expect(budgetText({ limit: 1, measurement })).toContain(
      'Next: make it allocate less',
    );
  });
});
