import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../packages/core/src/budget.js';
import { formatLeak } from '../../../packages/core/src/format/leak-text.js';
import type { LeakReport } from '../../../packages/core/src/types.js';
import { verdictOf } from './verdict.mjs';

function reportOf(report: Partial<LeakReport>): LeakReport {
  return {
    verdict: 'leak',
    calls: 1400,
    warmup: 14,
    heapBytesPerCall: 48,
    arrayBufferBytesPerCall: 0,
    sites: [],
    groups: [],
    collections: [],
    growths: [],
    resources: [],
    nativeSites: [],
    nativeCallers: [],
    durationMs: 213,
    nodeVersion: 'v20.20.2',
    ...report,
  } as LeakReport;
}

/** As the matcher writes it. */
function textOf(report: LeakReport, name?: string): string {
  const options = { root: '/', width: 76, ...(name && { name }) };
  return formatLeak(judgeLeak(report, undefined), report, options);
}

describe('verdictOf', () => {
  it('passes when the matcher threw nothing', () => {
    expect(verdictOf(null)).toBe('pass');
  });

  it('knows a leak by its text', () => {
    expect(verdictOf(textOf(reportOf({})))).toBe('leak');
    expect(verdictOf(textOf(reportOf({}), 'iterate'))).toBe('leak');
    expect(verdictOf(textOf(reportOf({ arrayBufferBytesPerCall: 65_536 })))).toBe('leak');
    const path = { steps: [], hiddenCount: 0 };
    const collections = [
      { kind: 'Array', entriesPerCall: 1, entryCount: 9, path },
    ] as const;
    expect(verdictOf(textOf(reportOf({ collections })))).toBe('leak');
    const groups = [
      {
        className: 'Session',
        objectCount: 500,
        objectsPerCall: 1,
        bytesPerCall: 56,
        retainedBytesPerCall: 56,
        path: { ...path, firstNew: 0 },
        contents: [],
      },
    ];
    expect(verdictOf(textOf(reportOf({ groups })))).toBe('leak');
    const site = { frames: [], objectsPerCall: 1, bytesPerCall: 300, series: [] };
    const native = { nativeBytesPerCall: 300, nativeSites: [site] };
    expect(verdictOf(textOf(reportOf(native)))).toBe('leak');
  });

  it('knows an undecided verdict by its text', () => {
    expect(verdictOf(textOf(reportOf({ verdict: 'undecided' })))).toBe('undecided');
  });

  it('calls any other failure an error', () => {
    expect(verdictOf('toNotLeak() called the function, and it failed: boom')).toBe(
      'error',
    );
    expect(verdictOf('')).toBe('error');
  });
});
