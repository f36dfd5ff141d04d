// What is in the folder of reports. Each process has a folder of its own there, so that a look for one child costs
// the same however many there were before.

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { namesIn } from '../folder.js';
import { positive, text, whole } from '../schema-fields.js';
import { BELOW, type ChildReport } from './report.js';

/** A report, and the {@link REPORTS_VARIABLE} that its process was given. */
export interface FoundReport extends ChildReport {
  readonly prefix: string;
}

const reading = v.strictObject({ allocatedBytes: positive, peakUsedBytes: positive });
const reportSchema = v.strictObject({
  version: v.literal(1),
  pid: whole,
  ancestors: v.array(whole),
  args: v.array(text),
  startedAtMs: positive,
  end: v.exactOptional(
    v.strictObject({
      exitCode: v.exactOptional(v.number()),
      signal: v.exactOptional(text),
      durationMs: positive,
      peakRssBytes: v.exactOptional(positive),
      heap: v.exactOptional(reading),
      native: v.exactOptional(
        v.strictObject({ allocatedBytes: positive, peakBytes: positive }),
      ),
      nativeUnavailable: v.exactOptional(text),
      unavailable: v.exactOptional(text),
    }),
  ),
}) satisfies v.GenericSchema<unknown, ChildReport>;

const NAME = /^(\d+-)\d+\.json$/;

/** All, earliest first. What cannot be read is none: another program may write what it likes. */
export function findReports(folder: string): readonly FoundReport[] {
  return inOrder(namesIn(folder).flatMap((pid) => reportsIn(folder, pid)));
}

/** Of one process: the last that had its id. */
export function reportOf(folder: string, pid: number): FoundReport | undefined {
  return inOrder(reportsIn(folder, String(pid))).at(-1);
}

/** Of the processes below one, earliest first. */
export function reportsBelow(folder: string, pid: number): readonly FoundReport[] {
  const found = namesIn(join(folder, String(pid)))
    .filter((name) => name.startsWith(BELOW))
    .flatMap((name) => reportsIn(folder, name.slice(BELOW.length)));
  return inOrder(found.filter(({ ancestors }) => ancestors.includes(pid)));
}

function inOrder(reports: readonly FoundReport[]): readonly FoundReport[] {
  return reports.toSorted((a, b) => a.startedAtMs - b.startedAtMs || a.pid - b.pid);
}

function reportsIn(folder: string, pid: string): readonly FoundReport[] {
  return namesIn(join(folder, pid)).flatMap((name) => {
    const [, prefix] = NAME.exec(name) ?? [];
    const report = prefix === undefined ? undefined : readReport(join(folder, pid, name));
    return report === undefined || prefix === undefined
      ? []
      : [{ ...report, prefix: join(folder, prefix) }];
  });
}

function readReport(file: string): ChildReport | undefined {
  try {
    const parsed = v.safeParse(reportSchema, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
