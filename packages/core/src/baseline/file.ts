// A baseline file as a value, and as the one text it has.

import type { BaselineRecord } from '../types.js';
import { FORMAT_VERSION } from './schema.js';

/** Records by environment: `node22-linux-x64`. */
export type Environments = ReadonlyMap<string, BaselineRecord>;

/** Maps, because a test may be called `__proto__`. */
export type BaselineFile = ReadonlyMap<string, Environments>;

/** What one run does to a file. It only ever speaks of its own environment. */
export interface BaselineChanges {
  readonly environment: string;
  readonly records: ReadonlyMap<string, BaselineRecord>;
  /** Keys of obsolete entries; what other environments recorded under them stays. */
  readonly removed: ReadonlySet<string>;
}

/** A new file with the changes made; the changes of different environments may come in any order. */
export function applyChanges(
  file: BaselineFile,
  { environment, records, removed }: BaselineChanges,
): BaselineFile {
  const changed = new Map(file);
  const put = (key: string, record: BaselineRecord | undefined): void => {
    const environments = new Map(changed.get(key));
    if (record === undefined) environments.delete(environment);
    else environments.set(environment, record);
    if (environments.size === 0) changed.delete(key);
    else changed.set(key, environments);
  };
  for (const key of removed) put(key, undefined);
  for (const [key, record] of records) put(key, record);
  return changed;
}

/** Sorted keys, two spaces, a newline at the end: equal files are equal bytes. */
export function serialize(file: BaselineFile): string {
  const tests = Object.fromEntries(
    [...file].map(([key, environments]) => [key, Object.fromEntries(environments)]),
  );
  return `${JSON.stringify(sorted({ formatVersion: FORMAT_VERSION, tests }), null, 2)}\n`;
}

// JSON.stringify keeps the order of insertion, but puts keys such as "12" first whatever it is;
// so does every engine, which makes the result the same again.
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0));
  // fromEntries defines properties: `__proto__` becomes one like any other.
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}
