// The public API of @highwater/report. Pure: a finished run in, text out.

export { githubAnnotations } from './annotations.js';
export {
  compareFiles,
  type FileChange,
  type FileReferences,
  type FilesComparison,
  fileReferencesFrom,
  withFileNoiseOf,
} from './compare-files.js';
export {
  compareTests,
  type RunComparison,
  type RunMetricChange,
  type TestChange,
} from './compare-runs.js';
export { formatComparison } from './comparison-text.js';
export {
  type FailOn,
  type Finding,
  type GateOptions,
  type GateResult,
  judgeRun,
} from './gate.js';
export { formatGate, verdictText } from './gate-text.js';
export { formatGitlab } from './gitlab.js';
export { formatComparisonJson, formatJson } from './json.js';
export { formatJunit } from './junit.js';
export { formatMarkdown, type MarkdownOptions } from './markdown.js';
export type { RunMetric } from './metrics.js';
export { formatPass } from './progress-text.js';
export {
  comparableRuns,
  DEFAULT_WINDOW,
  type Reference,
  type References,
  type ReferenceTest,
  referencesFrom,
  referencesFromHistory,
  withNoiseOf,
} from './reference.js';
export { formatSarif } from './sarif.js';
export type { ReportStyle } from './style.js';
export { formatSummary } from './summary.js';
export { formatTest } from './test-text.js';
export { type RunTolerances, runTolerances } from './tolerance.js';
export { whyUnchecked } from './unchecked.js';
