// What toNotLeak must say where the event loop, a timer or the clock has a part in the answer, and of
// files, which no heap shows.

import type { LeakReport } from '@highwater/core';
import { describe, expect, it } from 'vitest';
import {
  FRESH_PROCESSES,
  findVictimLeaks,
  judgeVictims,
  lineOf,
  repeat,
  victimNode,
} from './victim-process.js';

const PROGRAM = 'programs/event-loop.mjs';
const PROCESSES = Math.ceil(FRESH_PROCESSES / 20);

async function reportsOf(victim: string): Promise<readonly LeakReport[]> {
  const found = await repeat(PROCESSES, () => findVictimLeaks({ victims: [victim] }));
  return found.flat();
}

function about({ verdict, undecidedBecause, calls, groups }: LeakReport): string {
  const held = groups.map(({ className, path }) => [
    className,
    path.steps.map(({ kind, name, held: { name: holder } }) => [kind, name, holder]),
  ]);
  return JSON.stringify({ victimNode, verdict, undecidedBecause, calls, held });
}

describe('a sync function that leaves work to the event loop', () => {
  it.each(['writtenLines', 'requests', 'filesOfLaterTurns', 'closedHandles'])(
    '%s: what waits is no leak',
    async (victim) => {
      for (const report of await reportsOf(victim)) {
        expect(report.verdict, about(report)).toBe('clean');
      }
    },
  );

  it.each([
    'entriesWithTimers',
    'batchOfTimer',
    'batchOfTick',
    'batchOfMicrotask',
    'batchOfAwait',
    'batchOfRequest',
    'batchOfFinalizer',
    'wasmOfFinalizer',
  ])('%s: undecided, for no turn passes', async (victim) => {
    for (const report of await reportsOf(victim)) {
      expect(report.verdict, about(report)).toBe('undecided');
      expect(report.undecidedBecause).toBe('event-loop');
    }
  });

  it('leaks the handles that it does not close', async () => {
    for (const report of await reportsOf('halfClosedHandles')) {
      expect(report.verdict, about(report)).toBe('leak');
      expect(report.groups[0]!.className).toMatch(/^FS(Event|Watcher)$/);
    }
  });

  it('is told how to be decided', async () => {
    const [judgement] = await judgeVictims('toNotLeak', { victims: ['batchOfTimer'] });
    expect(judgement!.pass).toBe(false);
    expect(judgement!.message).toContain('it leaves work to the event loop');
    expect(judgement!.message).toContain('a turn may let go of it');
  });
});

describe('an async function whose leftovers the clock clears', () => {
  it.each([
    'entriesWithTimersAsync',
    'batchOfInterval',
    'numbersOfInterval',
    'wasmOfFinalizerAsync',
  ])('%s: clean', async (victim) => {
    for (const report of await reportsOf(victim)) {
      expect(report.verdict, about(report)).toBe('clean');
    }
  });

  it('leaks in spite of a timer that clears nothing', async () => {
    for (const report of await reportsOf('besideInterval')) {
      expect(report.verdict, about(report)).toBe('leak');
      expect(report.sites[0]?.frames[0]?.functionName).toBe('keepBesideInterval');
    }
  });
});

describe('a cache that was full before', () => {
  it('is clean while it replaces its entries', async () => {
    for (const report of await reportsOf('cacheFullBefore')) {
      expect(report.verdict, about(report)).toBe('clean');
    }
  });

  it('does not hide a leak beside it, and is not named', async () => {
    for (const report of await reportsOf('besideCacheFullBefore')) {
      expect(report.verdict, about(report)).toBe('leak');
      expect(report.sites.map(({ frames }) => frames[0]?.functionName)).toContain(
        'keepBesideCache',
      );
      expect(report.groups, about(report)).toHaveLength(1);
    }
  });
});

describe('files that stay open', () => {
  it.each([
    ['openFiles', 'openOnly', 1],
    ['everyTenthOpenFile', 'openAndMostlyClose', 0.1],
  ])('%s: by %s', async (victim, where, perCall) => {
    for (const report of await reportsOf(victim)) {
      expect(report.verdict, about(report)).toBe('leak');
      const [resource] = report.resources;
      expect(resource).toMatchObject({ type: 'FileDescriptor' });
      expect(resource!.perCall).toBeCloseTo(perCall, 1);
      expect(resource!.names).toEqual([expect.stringMatching(/\/event-loop\.mjs$/)]);
      expect(resource!.frames?.[0]).toMatchObject({
        functionName: where,
        line: lineOf(`function ${where}(`, PROGRAM),
      });
    }
  });

  it('are found where Node opened them later', async () => {
    for (const report of await reportsOf('openFilesOfCallbacks')) {
      expect(report.verdict, about(report)).toBe('leak');
      expect(report.resources[0]?.type).toBe('FileDescriptor');
    }
  });

  it.each(['openPool', 'closedFiles'])('%s: clean', async (victim) => {
    for (const report of await reportsOf(victim)) {
      expect(report.verdict, about(report)).toBe('clean');
    }
  });

  it('have no size that could be allowed, but may be ignored', async () => {
    const victims = ['openFiles'];
    const allow = { options: { allow: '1GB' } };
    const [judgement] = await judgeVictims('toNotLeak', { victims, ...allow });
    expect(judgement!.pass).toBe(false);
    expect(judgement!.message).toContain('every call leaves 1 file open');
    for (const rule of ['FileDescriptor', 'openOnly']) {
      const ignore = { options: { ignore: [rule] } };
      const [ignored] = await judgeVictims('toNotLeak', { victims, ...ignore });
      expect(ignored!.pass, ignored!.message).toBe(true);
    }
  });
});

it('a leak of few, slow calls is no pass', async () => {
  for (const report of await reportsOf('slowLeak')) {
    expect(report.verdict, about(report)).toBe('undecided');
    expect(report.undecidedBecause).toBe('time');
  }
});
