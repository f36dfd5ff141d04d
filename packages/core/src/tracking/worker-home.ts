// Files that run in worlds of their own (Jest, vm pools) share their worker's thread. What is left of a world when
// it is gone only somebody outside can tell: a copy of highwater in the world that the thread began with.

import { firstWorld } from '../first-world.js';
import { loadOutside } from '../on-demand.js';
import { WorkerFiles } from './worker-files.js';

interface World {
  [KEY]?: WorkerFiles;
}

/** What the copy exports. */
interface Copy {
  readonly workerFiles: typeof workerFiles;
}

const KEY = Symbol.for('highwater.files');

/** The files of this worker, and whether those who ask share its world. */
export function workerFiles(): {
  readonly files: WorkerFiles;
  readonly isShared: boolean;
} {
  const home = firstWorld<World>();
  const isShared = (home as unknown) === globalThis;
  if (isShared) home[KEY] ??= new WorkerFiles();
  return {
    files: home[KEY] ?? loadOutside<Copy>('@highwater/core').workerFiles().files,
    isShared,
  };
}
