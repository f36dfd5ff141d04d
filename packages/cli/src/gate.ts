// highwater gate

import type { RunFile } from '@highwater/core';
import {
  comparableRuns,
  type FailOn,
  type FileReferences,
  fileReferencesFrom,
  formatGate,
  type GateResult,
  judgeRun,
  type References,
  referencesFrom,
  referencesFromHistory,
  runTolerances,
  whyUnchecked,
  withFileNoiseOf,
  withNoiseOf,
} from '@highwater/report';
import { type Ci, recognise } from './ci.js';
import { readHistory, readRuns } from './inputs.js';
import { type OutputFiles, writeOutputs } from './outputs.js';
import { styleFor } from './style.js';
import { usageError } from './usage-error.js';
import type { World } from './world.js';

export interface GateFlags extends OutputFiles {
  readonly against?: string;
  readonly history?: readonly string[];
  readonly window: number;
  readonly tolerance?: readonly string[];
  readonly failOn?: readonly FailOn[];
  /** False for `--no-ci`. */
  readonly ci: boolean;
  readonly color: boolean;
}

/**
 * @returns the exit code: 0 passed, 1 failed
 * @throws HighwaterError and usage errors for what is exit code 2
 */
export function gate(paths: readonly string[], flags: GateFlags, world: World): number {
  const tolerances = runTolerances(flags.tolerance);
  const run = readRuns(paths, world.cwd());
  const { references, fileReferences, problems } = referencesOf(run, flags, world);
  const result = judgeRun(run, {
    tolerances,
    ...(references === undefined ? {} : { references }),
    ...(fileReferences === undefined ? {} : { fileReferences }),
    ...(flags.failOn === undefined ? {} : { failOn: flags.failOn }),
  });
  checkJudged(result);
  const ci: Ci = flags.ci ? recognise(world) : { name: 'none', prefix: '' };
  // A document on stdout is to be read by a program.
  const isTaken = OUTPUTS.some((format) => flags[format] === '-');
  const out = isTaken ? world.stderr : world.stdout;
  for (const problem of problems) world.stderr.write(`highwater: ${problem}\n`);
  out.write(`${formatGate(result, styleFor(world, flags.color)).join('\n')}\n`);
  writeOutputs(result, flags, ci, world);
  return result.isPassed ? 0 : 1;
}

const OUTPUTS = ['junit', 'markdown', 'json', 'sarif', 'gitlab'] as const;

function referencesOf(
  run: RunFile,
  { against, history, window }: GateFlags,
  world: World,
): {
  readonly references: References | undefined;
  readonly fileReferences: FileReferences | undefined;
  readonly problems: readonly string[];
} {
  const earlier = against === undefined ? undefined : readRuns([against], world.cwd());
  const direct = earlier === undefined ? undefined : referencesFrom(earlier, run);
  const directFiles = earlier === undefined ? undefined : fileReferencesFrom([earlier]);
  if (history === undefined) {
    return { references: direct, fileReferences: directFiles, problems: [] };
  }
  const { runs, problems } = readHistory(history, world.cwd());
  const usable = comparableRuns(runs, run);
  if (usable.length === 0 && direct === undefined) {
    throw usageError(
      `The history has no run to compare with: ${runs.length} ${runs.length === 1 ? 'run' : 'runs'} read, none of this environment and earlier.`,
      'Keep the run.json files of the main branch in that folder, of the same Node major and platform.',
    );
  }
  const past = referencesFromHistory(usable, window);
  const pastFiles = fileReferencesFrom(usable, window);
  return {
    references: direct === undefined ? past : withNoiseOf(direct, past),
    fileReferences:
      directFiles === undefined ? pastFiles : withFileNoiseOf(directFiles, pastFiles),
    problems,
  };
}

/** A gate that had nothing to judge must not look like one that everything passed. */
function checkJudged({
  run,
  judged,
  comparison,
  unchecked,
  uncheckedFiles,
}: GateResult): void {
  if (run.tests.length === 0) {
    throw usageError(
      'The run has no test in it.',
      'Check that tests ran, and that highwater was on: HIGHWATER=1 npx vitest run',
    );
  }
  if (judged.limits + judged.baselines > 0 || comparison !== undefined) return;
  const [test] = unchecked;
  const [file] = uncheckedFiles;
  if (test === undefined && file !== undefined) {
    throw usageError(
      `None of the limits could be checked. The first file: ${whyUnchecked(file)}.`,
      'What a file leaves behind is known where nothing else measures in it, and its worker lives on.',
    );
  }
  if (test !== undefined) {
    throw usageError(
      `None of the limits could be checked. The first test: ${whyUnchecked(test)}.`,
      'Limits hold for tests that run alone in their worker and have no memory matcher inside.',
    );
  }
  throw usageError(
    'There is nothing to judge the run by: it has no limits and no baselines.',
    'Set limits for the suite, or compare with a run of the main branch: highwater gate --against main/run.json',
  );
}
