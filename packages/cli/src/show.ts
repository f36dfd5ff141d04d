// highwater show

import {
  type ProcessRecord,
  type RunFile,
  recordKey,
  type TestRecord,
} from '@highwater/core';
import { formatSummary, formatTest } from '@highwater/report';
import { readRuns } from './inputs.js';
import { styleFor } from './style.js';
import { usageError } from './usage-error.js';
import type { World } from './world.js';

export interface ShowFlags {
  readonly test?: string;
  readonly top: number;
  readonly sites: number;
  readonly color: boolean;
}

/** @returns 0 */
export function show(paths: readonly string[], flags: ShowFlags, world: World): number {
  const run = readRuns(paths, world.cwd());
  const { test, top, sites, color } = flags;
  const style = { ...styleFor(world, color), top, sites };
  const lines =
    test === undefined
      ? formatSummary(run, style)
      : testsNamed(test, run).flatMap((one, index) => [
          ...(index === 0 ? [] : ['']),
          ...formatTest(one, style, processesOf(one, run)),
        ]);
  const text = lines.length === 0 ? ['No test of this run was measured.'] : lines;
  world.stdout.write(`${text.join('\n')}\n`);
  return 0;
}

function processesOf(test: TestRecord, { processes }: RunFile): readonly ProcessRecord[] {
  const key = recordKey(test);
  return processes.filter((one) => one.test === key);
}

/** By their whole key, or else by any part of it. */
function testsNamed(name: string, { tests }: RunFile): readonly TestRecord[] {
  const exact = tests.filter((test) => recordKey(test) === name);
  if (exact.length > 0) return exact;
  const wanted = name.toLowerCase();
  const found = tests.filter((test) => recordKey(test).toLowerCase().includes(wanted));
  if (found.length === 0) {
    throw usageError(
      `No test of the run has ${JSON.stringify(name)} in its name.`,
      'A name is "file > describe > test"; any part of it will do.',
    );
  }
  return found;
}
