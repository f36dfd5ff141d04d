// Where the children of this process leave their reports, and what is there.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { runInThisContext } from 'node:vm';
import * as v from 'valibot';
import { positive, text, whole } from '../schema-fields.js';
import type { ChildReport } from './report.js';

interface World {
  readonly process: NodeJS.Process;
  [KEY]?: { readonly folder: string; nextPrefix: number };
}

const KEY: unique symbol = Symbol.for('highwater.children') as never;

/** The process as Node made it: Jest gives tests a copy. */
export function realProcess(): NodeJS.Process {
  return (runInThisContext('globalThis') as World).process;
}

/** Of this process: made when it is first asked for, gone when the process ends. */
export function reportsFolder(): string {
  return state().folder;
}

/** For {@link REPORTS_VARIABLE}: reports of whoever gets it are told from all others. */
export function newPrefix(): string {
  const mine = state();
  mine.nextPrefix += 1;
  return join(mine.folder, `${mine.nextPrefix}-`);
}

function state(): { readonly folder: string; nextPrefix: number } {
  const world = runInThisContext('globalThis') as World;
  const known = world[KEY];
  if (known !== undefined) return known;
  const folder = mkdtempSync(join(tmpdir(), 'highwater-children-'));
  world.process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  const fresh = { folder, nextPrefix: 0 };
  world[KEY] = fresh;
  return fresh;
}

/** A report, and the beginning of its file's name. */
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
      exitCode: v.number(),
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

const NAME = /^(\d+-)\d+-\d+\.json$/;

/** Earliest first. What cannot be read is none: another program may write what it likes. */
export function findReports(folder: string): readonly FoundReport[] {
  return namesIn(folder)
    .flatMap((name) => {
      const [, prefix] = NAME.exec(name) ?? [];
      const report = prefix === undefined ? undefined : readReport(join(folder, name));
      return report === undefined || prefix === undefined
        ? []
        : [{ ...report, prefix: join(folder, prefix) }];
    })
    .sort((a, b) => a.startedAtMs - b.startedAtMs || a.pid - b.pid);
}

/** What is there under these prefixes is read no more. */
export function dropReports(prefixes: readonly string[]): void {
  const { folder } = state();
  const beginnings = new Set(prefixes.map((prefix) => basename(prefix)));
  for (const name of namesIn(folder)) {
    const [, prefix = ''] = NAME.exec(name) ?? [];
    if (beginnings.has(prefix)) rmSync(join(folder, name), { force: true });
  }
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function readReport(file: string): ChildReport | undefined {
  try {
    const parsed = v.safeParse(reportSchema, JSON.parse(readFileSync(file, 'utf8')));
    return parsed.success ? parsed.output : undefined;
  } catch {
    return undefined;
  }
}
