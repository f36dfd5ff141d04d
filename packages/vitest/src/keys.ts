// Under which names the main process hands something to the workers.

import type { RunProject, TrackingOptions } from '@highwater/core';

export const BASELINE_KEY = 'highwater:baseline';
export const CHANNEL_KEY = 'highwater:channel';
export const TRACKING_KEY = 'highwater:tracking';

/** Under {@link TRACKING_KEY}. */
export interface TrackingHandout {
  /** Of the whole run: where the run file is. */
  readonly root: string;
  readonly options: TrackingOptions;
  readonly project: RunProject;
}
