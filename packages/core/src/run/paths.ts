// Where a run leaves its files.

import { mkdirSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import type { FileIdentity } from './types.js';

/** Below the project's root; not committed. */
export const RUN_FOLDER = '.highwater';
export const RUN_FILE = 'run.json';

export function runFolder(root: string): string {
  return join(root, RUN_FOLDER);
}

/** As records name a file: relative to the root, with `/`. */
export function pathBelow(root: string, file: string): string {
  return relative(root, file).split(sep).join('/');
}

/** Whose the records of a test file are. */
export function fileIdentity(
  root: string,
  file: string,
  project: string | undefined,
): FileIdentity {
  return { ...(project !== undefined && { project }), file: pathBelow(root, file) };
}

/** `<root>/.highwater/run.json` */
export function runPath(root: string): string {
  return join(runFolder(root), RUN_FILE);
}

/** One file for each worker, until they are merged. */
export function workersFolder(root: string): string {
  return join(runFolder(root), 'workers');
}

/** Makes the folders, and git pass them over. @throws what the file system throws */
export function makeFolders(root: string): void {
  const folder = workersFolder(root);
  if (mkdirSync(folder, { recursive: true }) === undefined) return;
  try {
    writeFileSync(join(runFolder(root), '.gitignore'), '*\n', { flag: 'wx' });
  } catch {
    // It is there, or a matter of taste.
  }
}
