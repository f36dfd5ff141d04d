// What remains to be done for baselines when a run ends.

import { receiveSummaries } from './channel.js';
import { obsoleteFiles, removeFiles } from './obsolete-files.js';
import type { BaselineSummary, UpdateMode } from './session.js';

/** Everything that is to be told of a run. */
export interface BaselineRun {
  readonly summaries: readonly BaselineSummary[];
  /** Baseline files without a test file; removed when the mode is `all`. */
  readonly obsoleteFiles: readonly string[];
  readonly mode: UpdateMode;
}

/**
 * @param channel the folder in which workers left what they did
 * @param root where to look for baseline files whose test files are gone
 */
export function endBaselineRun(
  channel: string,
  root: string,
  mode: UpdateMode,
): BaselineRun {
  const summaries = receiveSummaries(channel);
  const files = obsoleteFiles(root);
  if (mode === 'all') removeFiles(files);
  return { summaries, obsoleteFiles: files, mode };
}
