// What toNotLeak must say about native memory: of addons, of Node's pool, of WebAssembly.

import type { LeakReport } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import { buildVictimAddon } from './native/build.mjs';
import {
  FRESH_PROCESSES,
  findVictimLeaks,
  type Judgement,
  judgeVictims,
  lineOf,
  repeat,
} from './victim-process.js';

const PROGRAM = 'programs/native.mjs';
/** A verdict takes a second. */
const PROCESSES = Math.ceil(FRESH_PROCESSES / 10);

/** Of its own accord a verdict of a slow function is `undecided` when the machine is busy. */
const MORE_TIME = { timeoutMs: 20_000 };

const LEAKS = [
  { victim: 'leakedBlock', bytes: 300, blocks: 1, at: 'leakBlock', code: 'leak(300);' },
  {
    victim: 'leakedBlockSlowly',
    bytes: 301,
    blocks: 1,
    at: 'leakSlowly',
    code: 'leak(301);',
  },
  { victim: 'leakedTinyBlock', bytes: 16, blocks: 1, at: 'leakTiny', code: 'leak(16);' },
  {
    victim: 'leakedBesideCompiling',
    bytes: 96,
    blocks: 1,
    at: 'handleNewCode',
    code: 'leak(96);',
  },
  {
    victim: 'leakedBlockEveryTenth',
    bytes: 200,
    blocks: 0.1,
    at: 'handleTenth',
    code: 'if (calls % 10 === 0) leak(2_000);',
  },
  {
    victim: 'growingWasmMemory',
    bytes: 65_536,
    blocks: 1,
    at: 'growForGood',
    code: 'memory.grow(1);',
  },
] as const;

const OTHERS = ['leakedBlockByChance', 'leakedInPool', 'leakedInWasm', 'keptWrapped'];

const CLEAN = [
  'wrapped',
  'wrappedAsync',
  'lent',
  'lentAsync',
  'nativeCache',
  'ring',
  'gzip',
  'inPool',
  'compiledAnew',
  'wasmCache',
];

beforeAll(() => buildVictimAddon());

describe('native memory that nothing on the heap holds', () => {
  const victims = [...LEAKS.map(({ victim }) => victim), ...OTHERS];
  let found: readonly ReadonlyMap<string, LeakReport>[];

  beforeAll(async () => {
    found = await repeat(PROCESSES, async () => {
      const reports = await Promise.all(
        victims.map((victim) =>
          findVictimLeaks({
            victims: [victim],
            options: victim === 'leakedBlockSlowly' ? MORE_TIME : {},
          }),
        ),
      );
      return new Map(victims.map((victim, index) => [victim, reports[index]![0]!]));
    });
  });

  it.each(LEAKS)(
    '$victim: $bytes bytes per call, at $at',
    ({ victim, bytes, blocks, at, code }) => {
      for (const reports of found) {
        const { verdict, groups, nativeSites, nativeBytesPerCall } = reports.get(victim)!;
        expect(verdict).toBe('leak');
        expect(groups).toEqual([]);
        expect(nativeBytesPerCall).toBe(bytes);
        expect(nativeSites).toHaveLength(1);
        expect(nativeSites[0]).toMatchObject({ bytesPerCall: bytes, code });
        expect(nativeSites[0]!.objectsPerCall).toBeCloseTo(blocks, 2);
        expect(nativeSites[0]!.frames[0]).toMatchObject({
          functionName: at,
          line: lineOf(code, PROGRAM),
        });
      }
    },
  );

  it('finds what is left by chance, as often as not', () => {
    for (const reports of found) {
      const { verdict, nativeSites } = reports.get('leakedBlockByChance')!;
      expect(verdict).toBe('leak');
      const [site] = nativeSites;
      expect(site).toMatchObject({ code: 'if (state % 3 === 0) leak(600);' });
      expect(site!.bytesPerCall).toBeGreaterThan(150);
      expect(site!.bytesPerCall).toBeLessThan(250);
    }
  });

  it('tells what a thread of the pool keeps, which no line asked for', () => {
    for (const reports of found) {
      const { verdict, nativeSites, nativeCallers } = reports.get('leakedInPool')!;
      expect(verdict).toBe('leak');
      expect(nativeSites).toMatchObject([{ frames: [], bytesPerCall: 5_000 }]);
      const [caller] = nativeCallers;
      expect(caller).toMatchObject({ code: 'await leakInPool();' });
      expect(caller!.frames[0]!.line).toBe(lineOf('await leakInPool();', PROGRAM));
    }
  });

  it('tells which memory of WebAssembly is used more and more', () => {
    for (const reports of found) {
      const report = reports.get('leakedInWasm')!;
      expect(report.verdict).toBe('leak');
      const [growth] = report.growths;
      expect(growth!.className).toBe('WebAssembly.Memory');
      // Whole pages.
      expect(growth!.bytesPerCall).toBeGreaterThan(580);
      expect(growth!.bytesPerCall).toBeLessThan(620);
      expect(growth!.path.steps.map(({ name }) => name)).toContain('bytes');
      expect(report.nativeBytesPerCall).toBe(growth!.bytesPerCall);
    }
  });

  it('blames objects that hold native memory, and counts what they hold', () => {
    for (const reports of found) {
      const report = reports.get('keptWrapped')!;
      expect(report.verdict).toBe('leak');
      expect(report.nativeSites).toEqual([]);
      expect(report.groups[0]!.path.steps.map(({ name }) => name)).toContain('wrappers');
      // Node-API notes something of its own for each.
      expect(report.nativeBytesPerCall).toBeGreaterThan(1_000);
      expect(report.nativeBytesPerCall).toBeLessThan(1_300);
    }
  });
});

describe('native memory that is given back', () => {
  let judged: readonly (readonly Judgement[])[];

  beforeAll(async () => {
    judged = await repeat(PROCESSES, () => judgeVictims('toNotLeak', { victims: CLEAN }));
  });

  it.each(CLEAN)('toNotLeak passes for %s', (victim) => {
    for (const judgements of judged) {
      const { pass, message } = judgements[CLEAN.indexOf(victim)]!;
      expect(pass, message).toBe(true);
    }
  });
});

describe('the failure', () => {
  it('has the size, the line, its code and what to do', async () => {
    const [judgement] = await judgeVictims('toNotLeak', { victims: ['leakedBlock'] });
    const { message } = judgement!;
    expect(message).toMatch(/every call keeps 300 B of native memory alive\.$/m);
    expect(message).toContain(`programs/native.mjs:${lineOf('leak(300);', PROGRAM)}`);
    expect(message).toMatch(/^ +leak\(300\);$/m);
    expect(message).toContain('close or free what leakBlock() opens');
  });

  it('names the functions of the addon when asked', async () => {
    const [ofLine, ofThread] = await Promise.all(
      ['leakedBlock', 'leakedInPool'].map(async (victim) => {
        const run = { victims: [victim], options: { native: true } };
        return (await judgeVictims('toNotLeak', run))[0];
      }),
    );
    expect(ofLine!.message).toMatch(/^ +leak\(300\);\n +by Leak \[victim\.node\] < /m);
    expect(ofThread!.message).toMatch(
      /^ +\(no JavaScript\) .* 5 kB\n +by LeakInPool \[victim\.node\] < /m,
    );
  });

  it('accepts what is allowed, and not a byte more', async () => {
    for (const [allow, pass] of [
      [300, true],
      [299, false],
    ] as const) {
      const run = { victims: ['leakedBlock'], options: { allow } };
      const [judgement] = await judgeVictims('toNotLeak', run);
      expect(judgement).toMatchObject({ pass });
    }
  });

  it('is silenced by the name of the function that asks', async () => {
    const run = { victims: ['leakedBlock'], options: { ignore: ['leakBlock'] } };
    const [judgement] = await judgeVictims('toNotLeak', run);
    expect(judgement).toMatchObject({ pass: true });
  });
});
