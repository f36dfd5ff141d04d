// Which test a record is of, whatever worker or shard it ran in.

import type { TestIdentity } from './types.js';

/** `test/parser.test.ts > parser > parses`, with ` (2)` for the second test of that name in the file. */
export function recordKey({ file, titles, ordinal }: TestIdentity): string {
  const key = [file, ...titles].join(' > ');
  return ordinal > 1 ? `${key} (${ordinal})` : key;
}
