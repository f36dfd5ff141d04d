// Fields of the files that are read back; each error says what it should have been.

import * as v from 'valibot';

// Beyond this a double no longer counts single bytes, and nobody allocates it in one call.
const LARGEST = Number.MAX_SAFE_INTEGER;

export const number = v.pipe(
  v.number('a number'),
  v.finite('a finite number'),
  v.minValue(-LARGEST, 'a number of at most 2^53'),
  v.maxValue(LARGEST, 'a number of at most 2^53'),
);
export const positive = v.pipe(number, v.minValue(0, 'a number, 0 or more'));
export const whole = v.pipe(positive, v.integer('a whole number'));
export const text = v.string('a string');
export const version = v.pipe(
  text,
  v.regex(/^\d+\.\d+\.\d+/, 'a version such as "22.1.0"'),
  v.maxLength(100, 'a version such as "22.1.0"'),
);
