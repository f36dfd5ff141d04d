// A snapshot on disk, for Chrome DevTools ("Memory", "Load profile").

import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { errors } from '../errors.js';
import type { HeapGraph } from '../native.js';

const MOST_NAME = 80;

/** What the option `snapshot` says, and where it says nothing, the environment. */
export function isSnapshotWanted(option: boolean | undefined): boolean {
  const { HIGHWATER_SNAPSHOT: wanted = '' } = process.env;
  return option ?? !['', '0', 'false'].includes(wanted);
}

/**
 * Writes `<folder>/.highwater/<name>-<time>.heapsnapshot` and returns its path.
 *
 * @param name of the test or the function, in any characters
 * @throws HighwaterError `snapshot-not-written`
 */
export function writeHeapSnapshotFile(
  graph: HeapGraph,
  folder: string,
  name: string,
  now: Date = new Date(),
): string {
  const outputs = join(folder, '.highwater');
  const file = join(outputs, `${fileNameOf(name)}-${stampOf(now)}.heapsnapshot`);
  try {
    mkdirSync(outputs, { recursive: true });
    graph.write(file);
  } catch (cause) {
    throw errors.snapshotNotWritten(file, cause);
  }
  return file;
}

/** A name that every file system takes. */
export function fileNameOf(name: string): string {
  const safe = name
    .normalize('NFC')
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MOST_NAME);
  return safe === '' ? 'heap' : safe;
}

/** `20260131-094502-123`, in UTC: it sorts. */
function stampOf(now: Date): string {
  return now.toISOString().replace(/[-:Z]/g, '').replace('T', '-').replace('.', '-');
}
