// The runs that a command is about.

import { readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  HighwaterError,
  mergeRuns,
  RUN_FILE,
  type RunFile,
  readRun,
  recoverRun,
  runPath,
} from '@highwater/core';
import { usageError } from './usage-error.js';

/**
 * One run: of the project in a folder when nothing is named, else of the files and of the folders with
 * `run.json` files in them, merged.
 *
 * @throws HighwaterError `run-unreadable`, `run-too-new`, `runs-differ`; a usage error for a folder without runs
 */
export function readRuns(paths: readonly string[], cwd: string): RunFile {
  if (paths.length === 0) return ownRun(cwd);
  const files = paths.flatMap((path) => runFilesAt(resolve(cwd, path)));
  return mergeRuns(files.map(readRun));
}

/** The run of a project, or what there is of a later one that was interrupted. */
function ownRun(root: string): RunFile {
  const path = runPath(root);
  const recovered = recoverRun(root);
  if (recovered === undefined) return readRun(path);
  const isThere = statSync(path, { throwIfNoEntry: false }) !== undefined;
  const run = isThere ? readRun(path) : undefined;
  return run === undefined || run.startedAt < recovered.startedAt ? recovered : run;
}

function runFilesAt(path: string): readonly string[] {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() !== true) return [path];
  const files = filesBelow(path, (name) => name === RUN_FILE);
  if (files.length === 0) {
    throw usageError(
      `No ${RUN_FILE} in ${path}.`,
      'Name the run files, or a folder that has them at any depth.',
    );
  }
  return files;
}

/** Earlier runs, and a sentence for each file that is none. */
export function readHistory(
  paths: readonly string[],
  cwd: string,
): { readonly runs: readonly RunFile[]; readonly problems: readonly string[] } {
  const runs: RunFile[] = [];
  const problems: string[] = [];
  for (const path of paths) {
    const full = resolve(cwd, path);
    const stats = statSync(full, { throwIfNoEntry: false });
    if (stats === undefined) {
      throw usageError(
        `There is no file or folder ${full} to take the history from.`,
        'Keep the run.json files of earlier runs in a folder, and name it.',
      );
    }
    const files = stats.isDirectory()
      ? filesBelow(full, (name) => name.endsWith('.json'))
      : [full];
    for (const file of files) {
      try {
        runs.push(readRun(file));
      } catch (error) {
        if (!(error instanceof HighwaterError)) throw error;
        const [what = ''] = error.message.split('\n');
        problems.push(`A file of the history was passed over. ${what} (${file})`);
      }
    }
  }
  return { runs, problems };
}

/** At any depth, sorted; folders with a dot too, for that is where runs are. */
function filesBelow(
  folder: string,
  isWanted: (name: string) => boolean,
): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        const isForeign = entry.name === 'node_modules' || entry.name === '.git';
        return isForeign ? [] : filesBelow(path, isWanted);
      }
      return isWanted(entry.name) ? [path] : [];
    });
}
