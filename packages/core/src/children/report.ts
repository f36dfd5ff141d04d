// What a Node process tells of itself: the one thing that both sides know. The side in the child
// (preload.ts) takes nothing else from here but types and names.

/** What a child is told: the folder of reports, and how the names of its reports begin in its own folder there. */
export const REPORTS_VARIABLE = 'HIGHWATER_CHILD_REPORTS';

/** How the name of the file begins by which a process's folder tells of one below it. */
export const BELOW = 'below-';

/** A report file. Written when the process starts, and again when it ends. */
export interface ChildReport {
  readonly version: 1;
  readonly pid: number;
  /** Its parent, that one's parent, and so on, as it was when it started. */
  readonly ancestors: readonly number[];
  /** Of the executable, Node's own options, script and arguments. */
  readonly args: readonly string[];
  /** Since 1970. */
  readonly startedAtMs: number;
  /** Absent until it ends. */
  readonly end?: ReportEnd;
}

/** What is known when it ends. */
export interface ReportEnd {
  /** One of both. */
  readonly exitCode?: number;
  readonly signal?: string;
  readonly durationMs: number;
  readonly peakRssBytes?: number;
  readonly heap?: { readonly allocatedBytes: number; readonly peakUsedBytes: number };
  readonly native?: { readonly allocatedBytes: number; readonly peakBytes: number };
  readonly nativeUnavailable?: string;
  /** Why there is no heap. */
  readonly unavailable?: string;
}
