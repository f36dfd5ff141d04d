// How a file stands to the limit of what it may leave behind.

import type { FileRecord } from './types.js';

/**
 * Exactly the limit is fine.
 *
 * @param limit undefined when there is none
 * @param actual undefined when nobody could look
 */
export function judgeLeftBehind(
  limit: number | undefined,
  actual: number | undefined,
): Pick<FileRecord, 'limits' | 'limitsUnchecked'> {
  const metric = 'leftBehind';
  if (limit === undefined) return {};
  if (actual === undefined) return { limitsUnchecked: [metric] };
  return { limits: [{ metric, limit, actual, isBroken: actual > limit }] };
}
