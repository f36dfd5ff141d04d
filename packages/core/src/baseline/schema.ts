// The shape of a baseline file. Read back, it is checked against this.

import * as v from 'valibot';
import { number, positive, text, version, whole } from '../schema-fields.js';
import type { BaselineRecord } from '../types.js';

/** Raised when an old reader would misread a new file. */
export const FORMAT_VERSION = 1;

const recordedNumber = v.strictObject(
  { value: number, spread: positive, rounds: v.pipe(whole, v.minValue(1, '1 or more')) },
  'an object with `value`, `spread` and `rounds`',
);

const ledger = v.strictObject(
  {
    allocatedBytes: v.exactOptional(recordedNumber),
    allocatedCount: v.exactOptional(recordedNumber),
    peakBytes: v.exactOptional(recordedNumber),
    retainedBytes: v.exactOptional(recordedNumber),
  },
  'an object of metrics',
);

const callsite = v.strictObject(
  {
    function: text,
    file: text,
    line: whole,
    allocatedCount: number,
    allocatedBytes: number,
  },
  'a callsite',
);

/** One record of one environment. */
export const recordSchema = v.strictObject(
  {
    highwater: version,
    node: version,
    v8: text,
    tier: v.picklist(['baseline', 'optimized'], '"baseline" or "optimized"'),
    kind: v.picklist(['sync', 'async'], '"sync" or "async"'),
    waits: v.exactOptional(v.literal(true, '`true`')),
    heap: ledger,
    native: ledger,
    callsites: v.array(callsite, 'a list of callsites'),
    otherCallsites: v.exactOptional(
      v.strictObject(
        { siteCount: whole, allocatedCount: number, allocatedBytes: number },
        'an object with `siteCount`, `allocatedCount` and `allocatedBytes`',
      ),
    ),
    nativeCallsites: v.exactOptional(v.array(callsite, 'a list of callsites')),
  },
  'a record',
) satisfies v.GenericSchema<unknown, BaselineRecord>;

/** The whole file, for the published JSON Schema; reading goes entry by entry. */
export const fileSchema = v.strictObject({
  formatVersion: v.literal(FORMAT_VERSION),
  tests: v.record(v.string(), v.record(v.string(), recordSchema)),
});
