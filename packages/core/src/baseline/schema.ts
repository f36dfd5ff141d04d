// The shape of a baseline file. Read back, it is checked against this.

import * as v from 'valibot';
import type { BaselineRecord } from '../types.js';

/** Raised when an old reader would misread a new file. */
export const FORMAT_VERSION = 1;

// Beyond this a double no longer counts single bytes, and nobody allocates it in one call.
const LARGEST = Number.MAX_SAFE_INTEGER;

const number = v.pipe(
  v.number('a number'),
  v.finite('a finite number'),
  v.minValue(-LARGEST, 'a number of at most 2^53'),
  v.maxValue(LARGEST, 'a number of at most 2^53'),
);
const positive = v.pipe(number, v.minValue(0, 'a number, 0 or more'));
const whole = v.pipe(positive, v.integer('a whole number'));
const text = v.string('a text');
const version = v.pipe(
  text,
  v.regex(/^\d+\.\d+\.\d+/, 'a version such as "22.1.0"'),
  v.maxLength(100, 'a version such as "22.1.0"'),
);

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
    heap: ledger,
    native: ledger,
    callsites: v.array(callsite, 'a list of callsites'),
    otherCallsites: v.exactOptional(
      v.strictObject(
        { siteCount: whole, allocatedCount: number, allocatedBytes: number },
        'an object with `siteCount`, `allocatedCount` and `allocatedBytes`',
      ),
    ),
  },
  'a record',
) satisfies v.GenericSchema<unknown, BaselineRecord>;

/** The whole file, for the published JSON Schema; reading goes entry by entry. */
export const fileSchema = v.strictObject({
  formatVersion: v.literal(FORMAT_VERSION),
  tests: v.record(v.string(), v.record(v.string(), recordSchema)),
});
