// The public API of @highwater/core.

export { checkAwaited } from './awaited.js';
export {
  CHANNEL_VARIABLE,
  closeChannel,
  openChannel,
  sendSummary,
} from './baseline/channel.js';
export { configureBaselines } from './baseline/configure.js';
export { enterTest, leaveFile, leaveTest } from './baseline/current.js';
export type { RunProject } from './baseline/environment.js';
export { nameTests, type TestName } from './baseline/keys.js';
export {
  type BaselineDefaults,
  type BaselineOptions,
  checkDefaults as checkBaselineDefaults,
  updateModeOf,
} from './baseline/options.js';
export { endBaselineRun } from './baseline/run-end.js';
export type {
  BaselineSummary,
  FinishedTest,
  RunningTest,
  UpdateMode,
} from './baseline/session.js';
export {
  formatBytes,
  formatBytesApart,
  formatBytesExact,
  formatBytesSigned,
  formatCount,
  formatCountApart,
  formatCountSigned,
  parseBytes,
  parseCount,
} from './bytes.js';
export { dropReports, measuredEnv, measureProcess } from './children.js';
export { pairCallsites } from './compare/callsites.js';
export {
  parseTolerance,
  type ToleranceOption,
  type ToleranceValue,
} from './compare/tolerance.js';
export { type ErrorCode, errors, HighwaterError } from './errors.js';
export { formatBaselineRun, formatBaselineSummary } from './format/baseline-summary.js';
export { classCount } from './format/class-words.js';
export { columnsOf, cutMiddle, padStart } from './format/columns.js';
export { alignColumns, type Cell, widthOf, wrap } from './format/layout.js';
export { frameLocation } from './format/location.js';
export { fitPlaces } from './format/named-places.js';
export { type Paint, plainPaint } from './format/style.js';
export { formatShare, plural } from './format/wording.js';
export {
  captureHeap,
  classHistogram,
  type HeapDiffOptions,
  heapDiff,
  type RetainersOptions,
  retainersOf,
  sizeOf,
} from './heap.js';
export { findLeaks } from './leaks.js';
export {
  type BaselineMatcherOptions,
  type BudgetMatcherOptions,
  type CollectableMatcherOptions,
  type LeakMatcherOptions,
  type MatcherContext,
  type MatcherResult,
  type Matchers,
  type MemoryAssertions,
  matchers,
  type ReportOptions,
} from './matchers.js';
export { measure } from './measure.js';
export type { BodyPlan } from './native.js';
export { allocatorStats, processMemory, resetPeakRss } from './process-memory.js';
export { isProgressWanted, type LongPass, PassWatch, tellPasses } from './progress.js';
export { baselineOutcomes } from './run/baselines.js';
export { finishRun, recoverRun, runOf, startRun } from './run/collect.js';
export { dropHolds, untilNobodyHolds } from './run/hold.js';
export { inProject, recordKey } from './run/keys.js';
export { differenceOf, mergeRuns } from './run/merge.js';
export { fileIdentity, pathBelow, RUN_FILE, RUN_FOLDER, runPath } from './run/paths.js';
export { parseWorkerLines, type WorkerLines } from './run/read-workers.js';
export { parseRun, readRun, serializeRun, writeRun } from './run/run-file.js';
export { hasSetUp } from './run/set-up.js';
export type * from './run/types.js';
export { openWorkerLog, type WorkerLog } from './run/worker-log.js';
export { median } from './stats.js';
export { terminalWidth } from './terminal.js';
export { bodyCaller } from './tracking/body-caller.js';
export { ChildTracking } from './tracking/children.js';
export { trackingState } from './tracking/current.js';
export {
  type BodyCall,
  FileTracking,
  type TrackingHost,
  unwatched,
} from './tracking/file.js';
export {
  type FileLimits,
  limitsOf,
  type MemoryLimits,
  type SuiteLimits,
  type TestLimits,
} from './tracking/limits.js';
export {
  type TrackDetail,
  type TrackingOptions,
  type TrackingSettings,
  trackingSettings,
} from './tracking/options.js';
export type { TrackedTest } from './tracking/record.js';
export {
  callerIn,
  type Positions,
  sourceLines,
  startsIn,
} from './tracking/test-lines.js';
export { type LimitHost, limitMemory } from './tracking/with-limit.js';
export { WorkerFiles } from './tracking/worker-files.js';
export { workerFiles } from './tracking/worker-home.js';
export type * from './types.js';
export { VERSION } from './version.js';
