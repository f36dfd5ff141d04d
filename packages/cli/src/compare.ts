// highwater compare

import {
  compareTests,
  formatComparison,
  formatComparisonJson,
  referencesFrom,
  runTolerances,
} from '@highwater/report';
import { readRuns } from './inputs.js';
import { writeOutput } from './outputs.js';
import { styleFor } from './style.js';
import type { World } from './world.js';

export interface CompareFlags {
  readonly tolerance?: readonly string[];
  readonly sites: number;
  /** `-` is stdout. */
  readonly json?: string;
  readonly color: boolean;
}

/** @returns 0: telling is all it does */
export function compare(
  before: string,
  after: string,
  { tolerance, sites, json, color }: CompareFlags,
  world: World,
): number {
  const tolerances = runTolerances(tolerance);
  const run = readRuns([after], world.cwd());
  const references = referencesFrom(readRuns([before], world.cwd()), run);
  const comparison = compareTests(references, run.tests, tolerances);
  const style = { ...styleFor(world, color), sites };
  // A document on stdout is to be read by a program.
  const out = json === '-' ? world.stderr : world.stdout;
  out.write(`${formatComparison(comparison, style).join('\n')}\n`);
  if (json !== undefined) writeOutput(formatComparisonJson(comparison), json, world);
  return 0;
}
