// How many calls each observation makes.

import type { RunSettings } from '../measure/options.js';
import type { WarmUp } from '../measure/warm-up.js';
import { sum } from '../stats.js';
import { sampledMs } from './observe.js';

// In every pattern lengths differ: what follows calls is told from what follows rounds.
const FIRST_PATTERN = [1, 3, 2, 4] as const;
// Slow leaks (one object every 10th or 25th call) must show in a short observation.
const MOST_FIRST_UNIT = 25;
const FEWEST_FIRST_UNIT = 3;
const FIRST_LOOK_MS = 100;

const LAST_PATTERN = [1, 2, 1, 3, 1, 2, 1.5, 2.5] as const;
const MOST_LAST_UNIT = 100;
const FEWEST_LAST_UNIT = 4;
const LAST_LOOK_MS = 600;

/** A glance: is there anything at all? */
export function firstRounds(settings: RunSettings, warm: WarmUp): readonly number[] {
  return lengths(
    FIRST_PATTERN,
    unitOf(settings, FIRST_PATTERN, FIRST_LOOK_MS, warm, [
      FEWEST_FIRST_UNIT,
      MOST_FIRST_UNIT,
    ]),
  );
}

/** The deciding one. @param rounds how many; the pattern repeats */
export function lastRounds(
  settings: RunSettings,
  rounds: number = LAST_PATTERN.length,
  pace: Pace,
): readonly number[] {
  const pattern = Array.from(
    { length: rounds },
    (_, round) => LAST_PATTERN[round % LAST_PATTERN.length] ?? 1,
  );
  return lengths(
    pattern,
    unitOf(settings, pattern, LAST_LOOK_MS, pace, [FEWEST_LAST_UNIT, MOST_LAST_UNIT]),
  );
}

type Pace = Pick<WarmUp, 'msPerCall' | 'bytesPerCall'>;

/** As many as sampling can afford. */
function unitOf(
  { iterations }: RunSettings,
  pattern: readonly number[],
  lookMs: number,
  pace: Pace,
  [fewest, most]: readonly [number, number],
): number {
  const affordable = lookMs / sum(pattern) / Math.max(0.001, sampledMs(pace));
  return iterations ?? Math.max(fewest, Math.min(most, Math.floor(affordable)));
}

function lengths(pattern: readonly number[], unit: number): readonly number[] {
  return pattern.map((times) => Math.ceil(times * unit));
}
