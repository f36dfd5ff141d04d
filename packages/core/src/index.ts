// The public API of @highwater/core.

export { checkAwaited } from './awaited.js';
export { formatBytes, parseBytes } from './bytes.js';
export { type ErrorCode, errors, HighwaterError } from './errors.js';
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
export type * from './types.js';
