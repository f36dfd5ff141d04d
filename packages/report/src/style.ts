// How a report for people is to look. Handed in by whoever prints it.

import { type Paint, plainPaint } from '@highwater/core';

export interface ReportStyle {
  /** Default: none. */
  readonly paint?: Paint;
  /** Columns. Default: 80. */
  readonly width?: number;
  /** Tests in a list of the largest; 0 for no such lists. Default: 5. */
  readonly top?: number;
  /** Callsites of a test. Default: 5. */
  readonly sites?: number;
}

export type FullStyle = Required<ReportStyle>;

/** Narrower, and nothing would be left of a name. */
const LEAST_WIDTH = 40;

export function toFullStyle(style: ReportStyle = {}): FullStyle {
  return {
    paint: style.paint ?? plainPaint,
    width: Math.max(LEAST_WIDTH, style.width ?? 80),
    top: style.top ?? 5,
    sites: style.sites ?? 5,
  };
}
