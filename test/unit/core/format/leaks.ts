// The report of a leak with a survivor, and its text.

import { expect } from 'vitest';
import { judgeLeak } from '../../../../packages/core/src/budget.js';
import { formatLeak } from '../../../../packages/core/src/format/leak-text.js';
import type {
  LeakGroup,
  LeakReport,
  RetainerStep,
} from '../../../../packages/core/src/types.js';
import { root } from './frames.js';

export function thing(name: string, kind: RetainerStep['held']['kind'] = 'object') {
  return { kind, name, shallowBytes: 32, retainedBytes: 96 };
}

export const sessions: RetainerStep = {
  kind: 'variable',
  name: 'sessions',
  held: thing('Map'),
  place: { file: `${root}/src/registry.ts`, line: 3, column: 14 },
  isModuleLevel: true,
};

export function entry(id: number): RetainerStep {
  return {
    kind: 'map-entry',
    name: '',
    key: thing(`id-${id}`, 'string'),
    held: thing('Session'),
  };
}

export function group(overrides: Partial<LeakGroup> = {}): LeakGroup {
  return {
    className: 'Session',
    objectCount: 500,
    objectsPerCall: 1,
    bytesPerCall: 56,
    retainedBytesPerCall: 2_100,
    path: { steps: [sessions, entry(118)], hiddenCount: 2, firstNew: 1 },
    contents: [],
    ...overrides,
  };
}

export function reportOf(report: Partial<LeakReport>): LeakReport {
  return {
    verdict: 'leak',
    calls: 1_600,
    warmup: 10,
    heapBytesPerCall: 2_104,
    arrayBufferBytesPerCall: 0,
    sites: [],
    groups: [group()],
    collections: [],
    growths: [],
    resources: [],
    nativeSites: [],
    nativeCallers: [],
    timings: { warmUpMs: 1, plainMs: 2, sampledMs: 3, snapshotMs: 4 },
    nodeVersion: 'v20.20.2',
    durationMs: 312,
    ...report,
  };
}

export function textOf(report: Partial<LeakReport>): string {
  const full = reportOf(report);
  const text = formatLeak(judgeLeak(full), full, { root, name: 'handle' });
  for (const line of text.split('\n').slice(1)) expect(line.length).toBeLessThan(81);
  return `\n${text}\n`;
}
