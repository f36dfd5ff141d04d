// Which folders are highwater's own.

import { ownFile } from '../own-file.js';

/** Folders, with `/` at the end, whose files are highwater's own. */
export type OwnFolders = readonly string[];

/** Our own folders when run from a clone or a bundle; an installation is known by its package names. */
export const ownFolders: OwnFolders = ownFoldersFrom(ownFile);

/** The folders to take for our own when `file` is one of our files. */
export function ownFoldersFrom(file: string): OwnFolders {
  const clone = /^(.*\/)packages\/[^/]+\/(?:src|dist)\//.exec(file)?.[1];
  if (clone !== undefined) {
    return [
      ...['core', 'vitest', 'jest', 'report', 'cli'].flatMap((name) => [
        `${clone}packages/${name}/src/`,
        `${clone}packages/${name}/dist/`,
      ]),
      `${clone}native/`,
    ];
  }
  const built = /^.*\/dist\//.exec(file)?.[0];
  return built === undefined ? [] : [built];
}
