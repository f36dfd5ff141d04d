// A glance with every allocation sampled: does anything at all survive?

import { type CallsiteSeries, callsiteSeries } from '../callsites.js';
import type { Steps } from '../measure/flow.js';
import type { Run } from '../measure/run.js';
import type { WarmUp } from '../measure/warm-up.js';
import { mapToSource } from '../source-map.js';
import { sum } from '../stats.js';
import { affordableCalls } from './affordable.js';
import { isSuspicious } from './growth.js';
import { sample, sampledMs, siteReadings } from './sample.js';

// Lengths differ: what follows calls is told from what follows rounds.
const PATTERN = [1, 3, 2, 4] as const;
// Slow leaks (one object every 10th or 25th call) must show.
const MOST_UNIT = 25;
const FEWEST_UNIT = 3;
const LOOK_MS = 100;
/** Dearer than this, and calls at full speed tell more. */
const MOST_MS = 200;

export interface FirstLook {
  readonly calls: number;
  readonly isQuiet: boolean;
}

/** Undefined where sampling is too dear for a glance. */
export function* firstLook(run: Run, warm: WarmUp): Steps<FirstLook | undefined> {
  const { settings } = run;
  const msPerCall = sampledMs(warm);
  const affordable = Math.floor(affordableCalls(LOOK_MS / sum(PATTERN), msPerCall));
  const unit =
    settings.iterations ?? Math.max(FEWEST_UNIT, Math.min(MOST_UNIT, affordable));
  if (msPerCall * unit * sum(PATTERN) > MOST_MS) return undefined;

  const seen = yield* sample(run, ({ length }) => {
    const times = PATTERN[length];
    return times === undefined ? undefined : times * unit;
  });
  const { ignore, internals } = settings;
  const sites = callsiteSeries(seen.profile, { ignore, internals, mapper: mapToSource });
  return {
    calls: sum(seen.lengths),
    isQuiet:
      !sites.some((site) => grew(site, seen.lengths)) &&
      !isSuspicious(seen.arrayBufferBytes),
  };
}

function grew(site: CallsiteSeries, lengths: readonly number[]): boolean {
  const { counts, bytes } = siteReadings(site, lengths);
  return isSuspicious(counts) || isSuspicious(bytes);
}
