// What workers wrote down, read line by line: a line that cannot be read costs itself alone.

import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import * as v from 'valibot';
import { lineSchema, RUN_VERSION, type WorkerHeader, workerSchema } from './schema.js';
import type { WorkerRecord } from './types.js';

/** One worker's file. */
export interface WorkerLines {
  /** `undefined` when its first line could not be read. */
  readonly header: WorkerHeader | undefined;
  readonly records: readonly WorkerRecord[];
  /** A sentence each. */
  readonly problems: readonly string[];
}

/** Reads a file; one that cannot be read is a problem, too. */
export function readWorkerFile(file: string): WorkerLines {
  const name = basename(file);
  try {
    return parseWorkerLines(readFileSync(file, 'utf8'), name);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    const problem = `What a worker recorded cannot be read: ${why} (${name})`;
    return { header: undefined, records: [], problems: [problem] };
  }
}

/** @param name of the file, for problems */
export function parseWorkerLines(text: string, name: string): WorkerLines {
  const lines = text.split('\n');
  const records: WorkerRecord[] = [];
  const problems: string[] = [];
  let header: WorkerHeader | undefined;
  const skip = (index: number, why: string): void => {
    problems.push(`A record was lost: ${why} (${name}:${index + 1})`);
  };
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const value = parseJson(line);
    if (value === undefined) {
      const isLast = index === lines.length - 1;
      skip(
        index,
        isLast ? 'its worker was killed as it wrote' : 'the line is not valid JSON',
      );
      continue;
    }
    const first = headerOf(value);
    if (first !== undefined) {
      header ??= first;
      continue;
    }
    const newer = newerVersion(value);
    if (newer !== undefined) {
      const why = `a newer highwater wrote it: its format is ${newer}, this one reads ${RUN_VERSION}`;
      // Nothing else of this file would mean what it seems to.
      return {
        header,
        records: [],
        problems: [`A worker's records were lost: ${why} (${name})`],
      };
    }
    const parsed = v.safeParse(lineSchema, value, { abortEarly: true });
    if (parsed.success) records.push(parsed.output);
    else skip(index, 'the line is none of highwater');
  }
  return { header, records, problems };
}

/** Asked only of what says it is one: to tell all that a record lacks takes longer than to read it. */
function headerOf(value: unknown): WorkerHeader | undefined {
  if ((value as { kind?: unknown } | null)?.kind !== 'worker') return undefined;
  const parsed = v.safeParse(workerSchema, value);
  return parsed.success ? parsed.output : undefined;
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

function newerVersion(value: unknown): number | undefined {
  const { kind, version } = (value ?? {}) as { kind?: unknown; version?: unknown };
  const isNewer =
    kind === 'worker' && typeof version === 'number' && version > RUN_VERSION;
  return isNewer ? version : undefined;
}
