// Which test a record is of, whatever worker or shard it ran in.

import type { TestIdentity } from './types.js';

/**
 * `test/parser.test.ts > parser > parses`, with ` (2)` for the second test of that name in the file, and
 * `[node] ` before it in a project of that name.
 */
export function recordKey({ project, file, titles, ordinal }: TestIdentity): string {
  const key = [inProject(project, file), ...titles].join(' > ');
  return ordinal > 1 ? `${key} (${ordinal})` : key;
}

/** Something that a project of the runner has, or that there is without projects. */
export function inProject(project: string | undefined, text: string): string {
  return project === undefined ? text : `[${project}] ${text}`;
}
