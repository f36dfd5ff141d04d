// The failure of a test that took more than it may.

import { type BrokenLimit, formatLimit } from '../format/limit-text.js';
import type { LimitRecord, TestNumbers } from '../run/types.js';
import type { Callsite } from '../types.js';

/** Fails a test. Its text is that of a failed expectation. */
export class MemoryLimitError extends Error {
  override readonly name = 'MemoryLimitError';

  /** @param written made where the limit was written: its stack is shown. Without it there is nothing to show. */
  constructor(message: string, written?: Error) {
    super(message);
    const frames = (written?.stack ?? '')
      .split('\n')
      .filter((line) => /^ {4}at /.test(line));
    this.stack = [`${this.name}: ${message}`, ...frames].join('\n');
  }
}

/** One text for all limits that a test broke. */
export function brokenLimits(
  records: readonly LimitRecord[],
  numbers: TestNumbers,
  callsites: readonly Callsite[],
  retained: BrokenLimit['retained'],
  isOfTest: boolean,
  root: string,
): string {
  return records
    .filter((record): record is BrokenLimit['record'] => record.metric !== 'leak')
    .map((record) =>
      formatLimit(
        { record, numbers, callsites, retained, isOfTest, nodeVersion: process.version },
        { root, width: 76 },
      ),
    )
    .join('\n\n');
}

/** With why nobody knows what is held. */
export function withNoSnapshot(text: string, noSnapshot: string | undefined): string {
  if (noSnapshot === undefined) return text;
  return `${text}\n  What is held is not known. ${noSnapshot}`;
}
