// highwater merge

import { relative, resolve } from 'node:path';
import { runPath, writeRun } from '@highwater/core';
import { readRuns } from './inputs.js';
import type { World } from './world.js';

export interface MergeFlags {
  readonly out?: string;
}

/** @returns 0 */
export function merge(
  paths: readonly string[],
  { out }: MergeFlags,
  world: World,
): number {
  const run = readRuns(paths, world.cwd());
  const file = out === undefined ? runPath(world.cwd()) : resolve(world.cwd(), out);
  writeRun(file, run);
  const { tests, problems } = run;
  world.stdout.write(
    `${tests.length} ${tests.length === 1 ? 'test' : 'tests'} in ${relative(world.cwd(), file)}\n`,
  );
  for (const problem of problems) world.stderr.write(`highwater: ${problem}\n`);
  return 0;
}
