// How what happened in workers reaches the end of the run: a folder, one file for each test file.

import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { uniqueName } from '../unique-name.js';
import type { BaselineSummary } from './session.js';

/** Of the environment variable that tells Jest's workers the folder. */
export const CHANNEL_VARIABLE = 'HIGHWATER_CHANNEL';

/** Makes an empty one; for the process that will read it. */
export function openChannel(): string {
  return mkdtempSync(join(tmpdir(), 'highwater-run-'));
}

/** For a worker. Quietly nothing when the run is over already. */
export function sendSummary(folder: string, summary: BaselineSummary): void {
  const file = join(folder, uniqueName());
  try {
    writeFileSync(file, JSON.stringify(summary));
    // A reader meets whole files only.
    renameSync(file, `${file}.json`);
  } catch {
    // The baselines themselves are written: only the last lines of the run would tell of it.
  }
}

/** What has come so far, by test file; it is taken out. */
export function receiveSummaries(folder: string): readonly BaselineSummary[] {
  const files = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => join(folder, name));
  const summaries = files.map(
    (file) => JSON.parse(readFileSync(file, 'utf8')) as BaselineSummary,
  );
  for (const file of files) rmSync(file, { force: true });
  return summaries.sort((a, b) => (a.testFile < b.testFile ? -1 : 1));
}

export function closeChannel(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
