// Where the verdict goes beside the terminal.

import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import {
  formatGitlab,
  formatJson,
  formatJunit,
  formatMarkdown,
  formatSarif,
  type GateResult,
  githubAnnotations,
} from '@highwater/report';
import type { Ci } from './ci.js';
import { usageError } from './usage-error.js';
import type { World } from './world.js';

/** Files by format; `-` is stdout. */
export interface OutputFiles {
  readonly junit?: string;
  readonly markdown?: string;
  readonly json?: string;
  readonly sarif?: string;
  readonly gitlab?: string;
}

const FORMATS: Readonly<
  Record<keyof OutputFiles, (result: GateResult, prefix: string) => string>
> = {
  junit: (result) => formatJunit(result),
  markdown: (result) => formatMarkdown(result),
  json: (result) => formatJson(result),
  sarif: formatSarif,
  gitlab: formatGitlab,
};

/** GitHub takes 1 MiB for a step, other tools' pages included. */
const MOST_SUMMARY_BYTES = 250_000;
const GITLAB_FILE = 'gl-code-quality-report.json';

/** @throws a usage error for a file that cannot be written */
export function writeOutputs(
  result: GateResult,
  files: OutputFiles,
  ci: Ci,
  world: World,
): void {
  const wanted =
    ci.name === 'gitlab' && files.gitlab === undefined
      ? { ...files, gitlab: GITLAB_FILE }
      : files;
  for (const format of Object.keys(FORMATS) as (keyof OutputFiles)[]) {
    const file = wanted[format];
    if (file === undefined) continue;
    writeOutput(FORMATS[format](result, ci.prefix), file, world);
  }
  if (ci.name !== 'github') return;
  for (const line of githubAnnotations(result, ci.prefix))
    world.stdout.write(`${line}\n`);
  if (ci.summary !== undefined) {
    const text = formatMarkdown(result, { mostBytes: MOST_SUMMARY_BYTES });
    write(ci.summary, `${text}\n`, appendFileSync);
  }
}

/**
 * @param file `-` is stdout
 * @throws a usage error for a file that cannot be written
 */
export function writeOutput(text: string, file: string, world: World): void {
  if (file === '-') world.stdout.write(text);
  else write(resolve(world.cwd(), file), text, writeFileSync);
}

function write(
  file: string,
  text: string,
  how: (file: string, text: string) => void,
): void {
  try {
    mkdirSync(dirname(file), { recursive: true });
    how(file, text);
  } catch (error) {
    throw usageError(
      `The report could not be written: ${error instanceof Error ? error.message : String(error)}`,
      'Check the free space, and that the folder may be written to. What is said above holds.',
    );
  }
}
