// What the process that runs Jest tells its workers about tracking.

import type { TrackingOptions } from '@highwater/core';

/** Of the environment variable that tells Jest's workers what to track. */
export const TRACKING_VARIABLE = 'HIGHWATER_TRACKING';

/** In {@link TRACKING_VARIABLE}, as JSON. */
export interface TrackingHandout {
  /** Of the whole run: where the run file is. */
  readonly root: string;
  readonly options: TrackingOptions;
}
