// Records for tests, and fast-check's idea of them.

import fc from 'fast-check';
import type { BaselineFile } from '../../../../packages/core/src/baseline/file.js';
import type {
  BaselineRecord,
  RecordedCallsite,
  RecordedLedger,
  RecordedNumber,
} from '../../../../packages/core/src/types.js';

export function number(value: number, spread = 0): RecordedNumber {
  return { value, spread, rounds: 5 };
}

export function record(changes: Partial<BaselineRecord> = {}): BaselineRecord {
  return {
    highwater: '0.1.0',
    node: '22.1.0',
    v8: '12.4.254',
    tier: 'baseline',
    kind: 'sync',
    heap: { allocatedBytes: number(10_000), allocatedCount: number(100) },
    native: {},
    callsites: [],
    ...changes,
  };
}

/** A record with that many bytes allocated. */
export function bytes(value: number, spread = 0): BaselineRecord {
  return record({ heap: { allocatedBytes: number(value, spread) } });
}

export function site(changes: Partial<RecordedCallsite> = {}): RecordedCallsite {
  return {
    function: 'parse',
    file: 'src/parser.ts',
    line: 10,
    allocatedBytes: 1_000,
    allocatedCount: 10,
    ...changes,
  };
}

const value = fc
  .double({ noNaN: true, noDefaultInfinity: true, min: -1e12, max: 1e12 })
  .map((one) => Math.round(one * 1000) / 1000 + 0);
const positive = value.map(Math.abs);
const whole = fc.nat(1e6);

const numbers: fc.Arbitrary<RecordedNumber> = fc.record({
  value,
  spread: positive,
  rounds: fc.integer({ min: 1, max: 100 }),
});
const ledger: fc.Arbitrary<RecordedLedger> = fc.record(
  {
    allocatedBytes: numbers,
    allocatedCount: numbers,
    peakBytes: numbers,
    retainedBytes: numbers,
  },
  { requiredKeys: [] },
);
const version = fc.tuple(whole, whole, whole).map((parts) => parts.join('.'));
const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', 'constructor', 'toString', '12', '', '\u001b[31m'),
);
const callsite: fc.Arbitrary<RecordedCallsite> = fc.record({
  function: text,
  file: text,
  line: whole,
  allocatedBytes: value,
  allocatedCount: value,
});

export const records: fc.Arbitrary<BaselineRecord> = fc.record(
  {
    highwater: version,
    node: version,
    v8: text,
    tier: fc.constantFrom('baseline' as const, 'optimized' as const),
    kind: fc.constantFrom('sync' as const, 'async' as const),
    waits: fc.constant(true as const),
    heap: ledger,
    native: ledger,
    callsites: fc.array(callsite, { maxLength: 5 }),
    otherCallsites: fc.record({
      siteCount: whole,
      allocatedBytes: value,
      allocatedCount: value,
    }),
    nativeCallsites: fc.array(callsite, { maxLength: 3 }),
  },
  {
    requiredKeys: [
      'highwater',
      'node',
      'v8',
      'tier',
      'kind',
      'heap',
      'native',
      'callsites',
    ],
  },
);

export const files: fc.Arbitrary<BaselineFile> = fc
  .array(
    fc.tuple(text, fc.array(fc.tuple(text, records), { minLength: 1, maxLength: 3 })),
    { maxLength: 4 },
  )
  .map((tests) => new Map(tests.map(([key, inner]) => [key, new Map(inner)])));

export const keys = text;
