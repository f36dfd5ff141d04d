// Whether this process reports what it takes, because a test of another process started it; and whether it can.

/** Of a property of the first world's global object. */
export const REPORT_KEY: symbol = Symbol.for('highwater.child');

/** Under {@link REPORT_KEY}. */
export interface ReportState {
  /** Somebody measures in this process: its totals are no longer those of its program. */
  isDisturbed: boolean;
}
