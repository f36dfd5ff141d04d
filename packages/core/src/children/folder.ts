// Where the children of this process leave their reports, and what is there.

import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import * as v from 'valibot';
import { isAlive } from '../alive.js';
import { firstWorld } from '../first-world.js';
import { positive, text, whole } from '../schema-fields.js';
import type { ChildReport } from './report.js';

interface State {
  folder: string | undefined;
  nextPrefix: number;
}

interface World {
  [KEY]?: State;
}

const KEY: unique symbol = Symbol.for('highwater.children') as never;

const FOLDER = /^highwater-children-(\d+)-\w+$/;
const LEFT_BEHIND_MS = 3_600_000;

/** The process as Node made it: Jest gives tests a copy. */
export function realProcess(): NodeJS.Process {
  return firstWorld().process;
}

/** Of this process, made when it is first asked for. */
export function reportsFolder(): string {
  const known = state();
  if (known.folder === undefined) {
    dropFoldersOfDead();
    known.folder = mkdtempSync(
      join(tmpdir(), `highwater-children-${realProcess().pid}-`),
    );
  }
  return known.folder;
}

/** Takes the folder away. Who reports later reports to nobody. */
export function dropReports(): void {
  const known = firstWorld<World>()[KEY];
  if (known?.folder === undefined) return;
  rmSync(known.folder, { recursive: true, force: true });
  known.folder = undefined;
}

/** For {@link REPORTS_VARIABLE}: reports of whoever gets it are told from all others. */
export function newPrefix(): string {
  const mine = state();
  mine.nextPrefix += 1;
  return join(reportsFolder(), `${mine.nextPrefix}-`);
}

function state(): State {
  const world = firstWorld<World>();
  if (world[KEY] === undefined) {
    world[KEY] = { folder: undefined, nextPrefix: 0 };
    world.process.once('exit', dropReports);
  }
  return world[KEY];
}

/** Runners kill their workers: these take nothing away. */
function dropFoldersOfDead(): void {
  for (const name of namesIn(tmpdir())) {
    const [, pid] = FOLDER.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    try {
      // A process of another container, which shares nothing but the folder, looks dead from here.
      if (Date.now() - statSync(folder).mtimeMs < LEFT_BEHIND_MS) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or gone.
    }
  }
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
