// Every option of toNotLeak, on functions of which the answer is known.

import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LeakReport } from '@highwater/core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  cleanEnv,
  type Judgement,
  judgeVictims,
  lineOf,
  measureVictims,
  victimNode,
} from './victim-process.js';

const PROGRAM = fileURLToPath(new URL('leak-options/run-options.mjs', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'highwater-'));

afterAll(() => rmSync(folder, { recursive: true }));

/** Asks a fresh process, in a folder of its own; see leak-options/run-options.mjs. */
async function ask<T>(question: string): Promise<T> {
  const { stdout } = await promisify(execFile)(victimNode, [PROGRAM, question], {
    cwd: folder,
    env: cleanEnv(),
    maxBuffer: 64 * 1024 * 1024,
  });
  return (JSON.parse(stdout) as Record<string, T>)[question]!;
}

describe('warmup, iterations and rounds', () => {
  it('make the calls that the report tells of', async () => {
    const asked =
      await ask<readonly (LeakReport & { madeCount: number; options: object })[]>(
        'counts',
      );
    for (const { verdict, warmup, calls, madeCount, options } of asked) {
      expect(verdict).toBe('leak');
      expect(warmup + calls).toBe(madeCount);
      if ('warmup' in options) expect(warmup).toBe(options.warmup);
    }
    // Fewer calls per round are fewer calls.
    const [byDefault, , few] = asked;
    expect(few!.calls).toBeLessThan(byDefault!.calls);
  });

  it('of more rounds makes more calls', async () => {
    const [few, many] = await ask<readonly LeakReport[]>('rounds');
    expect([few!.verdict, many!.verdict]).toEqual(['leak', 'leak']);
    expect(many!.calls).toBeGreaterThan(few!.calls);
  });
});

describe('allow', () => {
  it.each([
    { victim: 'number', bytes: 16 },
    { victim: 'listNode', bytes: 32 },
    // V8's own choice.
    { victim: 'closure', bytes: undefined },
  ])('$victim: passes at what a call keeps, fails one byte below', async (known) => {
    const victims = [known.victim];
    const [measured] = await measureVictims({ victims });
    const bytes = known.bytes ?? measured!.retainedBytes;
    expect(bytes).toBe(measured!.retainedBytes);
    const judge = async (allow: number | string): Promise<Judgement> => {
      const [judgement] = await judgeVictims('toNotLeak', {
        victims,
        options: { allow },
      });
      return judgement!;
    };
    expect(await judge(bytes)).toMatchObject({ pass: true });
    expect(await judge(`${bytes} B`)).toMatchObject({ pass: true });
    expect(await judge(bytes - 1)).toMatchObject({ pass: false });
  });
});

describe('ignore', () => {
  let answers: Readonly<Record<string, Judgement & { readonly matches: boolean }>>;

  beforeAll(async () => {
    answers = await ask('rules');
  });

  const isAboutSurvivors = (name: string): boolean =>
    /^(class|variable|property|byClass|byRetainers)/.test(name);

  it('leaves out callsites, and no others', () => {
    const known = Object.entries(answers).filter(([name]) => !isAboutSurvivors(name));
    expect(known).toHaveLength(10);
    for (const [name, { pass, matches, message }] of known) {
      expect(pass, `${name}: ${message}`).toBe(matches);
    }
  });

  it('leaves out survivors by their class and by what holds them', () => {
    const known = Object.entries(answers).filter(([name]) => isAboutSurvivors(name));
    expect(known).toHaveLength(7);
    for (const [name, { pass, message }] of known) {
      expect(pass, `${name}: ${message}`).toBe(true);
    }
  });

  it('does not hide a leak with a rule about nothing', async () => {
    expect(await ask('firstRule')).toMatchObject({ verdict: 'leak' });
  });

  it('shows a function the callsites, and the class and holders of survivors', async () => {
    const identities = await ask<readonly object[]>('identities');
    expect(identities).toContainEqual(
      expect.objectContaining({ functionName: 'keepSession' }),
    );
    expect(identities).toContainEqual(
      expect.objectContaining({
        className: 'Session',
        retainers: expect.arrayContaining(['sessions', 'openSessions']),
      }),
    );
  });
});

describe('setup and teardown', () => {
  interface Order {
    readonly events: readonly string[];
    readonly verdict?: string;
    readonly code?: string;
  }
  let orders: Readonly<Record<string, Order>>;

  beforeAll(async () => {
    orders = await ask('hooks');
  });

  it.each([
    { when: 'sync', verdict: 'clean' },
    { when: 'async', verdict: 'clean' },
    { when: 'syncHooksOfAsync', verdict: 'clean' },
    { when: 'afterLeak', verdict: 'leak' },
    { when: 'afterThrow', code: 'function-threw' },
    { when: 'afterRejection', code: 'function-rejected' },
  ])('run once, before and after the calls: $when', ({ when, ...outcome }) => {
    const events = ['setup', 'calls', 'teardown'];
    expect(orders[when]).toEqual({ events, ...outcome });
  });
});

describe('snapshot', () => {
  it('writes a file that DevTools can read, called by the test or else the function,', async () => {
    const answer = await ask<Judgement & Record<string, unknown>>('snapshot');
    expect(answer.pass).toBe(false);
    expect(answer.message).toMatch(
      /Snapshot for Chrome DevTools:\s+\.highwater\/sessions-are-forgotten-[\d-]+\.heapsnapshot/,
    );
    expect(answer.snapshotFile).toMatch(/\.highwater\/keepSession-[\d-]+\.heapsnapshot$/);
    expect(answer.meta).toMatchObject({
      node_fields: expect.arrayContaining(['type', 'name', 'id', 'self_size']),
      edge_fields: expect.arrayContaining(['type', 'name_or_index', 'to_node']),
      node_types: expect.any(Array),
      edge_types: expect.any(Array),
      location_fields: expect.any(Array),
    });
    const { node_fields, edge_fields } = answer.meta as Record<string, readonly string[]>;
    expect(answer.nodeLength).toBe(Number(answer.nodeCount) * node_fields!.length);
    expect(answer.edgeLength).toBe(Number(answer.edgeCount) * edge_fields!.length);
    expect(answer.hasClass).toBe(true);
  });

  it('writes one of a text that gets longer, too', async () => {
    expect(await ask('snapshotOfText')).toEqual({
      verdict: 'leak',
      snapshotFile: expect.stringMatching(/appendText-[\d-]+\.heapsnapshot$/),
    });
  });

  it('writes none when nothing leaks', async () => {
    expect(await ask('noSnapshot')).toEqual({ verdict: 'clean', snapshotFile: null });
  });
});

describe('resources', () => {
  it('names who starts an interval that goes on', async () => {
    const { verdict, resources } = await ask<LeakReport>('intervals');
    expect(verdict).toBe('leak');
    expect(resources).toEqual([
      {
        type: 'Timeout',
        perCall: 1,
        frames: expect.arrayContaining([
          expect.objectContaining({
            functionName: 'startPolling',
            line: lineOf('function startPolling(', 'leak-options/run-options.mjs'),
          }),
        ]),
      },
    ]);
  });

  // Each server hangs off a handle of its own: no group of survivors is large enough.
  it.fails('names who opens a server that goes on', async () => {
    const { verdict, resources } = await ask<LeakReport>('servers');
    expect(verdict).toBe('leak');
    expect(resources).toMatchObject([
      {
        type: 'TCPServerWrap',
        frames: expect.arrayContaining([
          expect.objectContaining({ functionName: 'openServer' }),
        ]),
      },
    ]);
  });
});

describe('timeoutMs', () => {
  it('too short to fill a cache of a slow function: undecided, and both matchers fail', async () => {
    const { positive, negated, report } = await ask<{
      readonly positive: Judgement;
      readonly negated: Judgement;
      readonly report: LeakReport;
    }>('undecided');
    expect(report.verdict).toBe('undecided');
    expect(report.calls).toBeLessThan(1_000);
    expect(positive.pass).toBe(false);
    expect(positive.message).toMatch(
      /^Expected fillSlowly\(\) not to leak, but that is undecided: after \d+ calls it still grew by [\d.]+ B per call\.\n/,
    );
    expect(positive.message).toMatch(/may be a cache that fills.*timeoutMs/s);
    // To a runner, passing is failing under `.not`.
    expect(negated.pass).toBe(true);
    expect(negated.message).toMatch(
      /^Expected fillSlowly\(\) to leak, but that is undecided/,
    );
  });

  it('that is long enough: a leak', async () => {
    const report = await ask<LeakReport>('decided');
    expect(report.verdict).toBe('leak');
    expect(report.calls + report.warmup).toBeGreaterThanOrEqual(1_000);
  });
});
