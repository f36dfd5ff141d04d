// How a report for people is to look. Handed in by whoever prints it.

import { type Paint, plainPaint } from '@highwater/core';

export interface ReportStyle {
  /** Default: none. */
  readonly paint?: Paint;
  /** Columns of the terminal. Without it the text is for a log, and nothing is cut. */
  readonly width?: number | undefined;
  /** Tests in a list of the largest; 0 for no such lists. Default: 5. */
  readonly top?: number;
  /** Callsites of a test. Default: 5. */
  readonly sites?: number;
}

export interface FullStyle extends Required<ReportStyle> {
  /** Infinite in a log. */
  readonly width: number;
  /** Columns of sentences, which are wrapped and never cut. */
  readonly textWidth: number;
}

/** Narrower, and nothing would be left of a name. */
const LEAST_WIDTH = 40;
const WIDEST_TEXT = 120;
const LOG_TEXT_WIDTH = 80;

export function toFullStyle(style: ReportStyle = {}): FullStyle {
  const width = Math.max(LEAST_WIDTH, style.width ?? Infinity);
  return {
    paint: style.paint ?? plainPaint,
    width,
    textWidth: width === Infinity ? LOG_TEXT_WIDTH : Math.min(width, WIDEST_TEXT),
    top: style.top ?? 5,
    sites: style.sites ?? 5,
  };
}
