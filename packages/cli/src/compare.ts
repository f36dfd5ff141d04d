// highwater compare

import {
  compareTests,
  formatComparison,
  referencesFrom,
  runTolerances,
} from '@highwater/report';
import { readRuns } from './inputs.js';
import { styleFor } from './style.js';
import type { World } from './world.js';

export interface CompareFlags {
  readonly tolerance?: readonly string[];
  readonly sites: number;
  readonly color: boolean;
}

/** @returns 0: telling is all it does */
export function compare(
  before: string,
  after: string,
  { tolerance, sites, color }: CompareFlags,
  world: World,
): number {
  const tolerances = runTolerances(tolerance);
  const run = readRuns([after], world.cwd());
  const references = referencesFrom(readRuns([before], world.cwd()), run);
  const comparison = compareTests(references, run.tests, tolerances);
  const style = { ...styleFor(world, color), sites };
  world.stdout.write(`${formatComparison(comparison, style).join('\n')}\n`);
  return 0;
}
