import type { Result, Summary } from './summary.mjs';

export type PrintedResult = Result & {
  readonly right: boolean;
  readonly version: string;
  readonly unconfirmed: string | null;
  readonly calls?: number;
  readonly multiple?: number | null;
  readonly text?: string | null;
};

export function resultLines(result: PrintedResult): string;
export function summaryLines(summary: Summary): string;
