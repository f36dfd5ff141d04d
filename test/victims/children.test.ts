// Programs with known answers, each in a process that this one starts.

import {
  type ChildProcess,
  exec,
  fork,
  type SpawnOptions,
  spawn,
} from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { measuredEnv, measureProcess, type ProcessMeasurement } from '@highwater/core';
import { describe, expect, it } from 'vitest';
import { cleanEnv, FRESH_PROCESSES, victimNode } from './victim-process.js';

const STORE_BYTES = 64 * 2 ** 20;
const HEAP_BYTES = 500_000 * 40;

const program = (name: string): string =>
  fileURLToPath(new URL(`children/${name}`, import.meta.url));
const HOLDS = program('holds.mjs');

function start(
  args: readonly string[],
  options: SpawnOptions = {},
  node: string = victimNode,
): ChildProcess {
  return spawn(node, args, { env: measuredEnv(cleanEnv()), ...options });
}

/** Node alone takes 40 to 60 MB. */
function expectHeld({ ledgers, peakRssBytes, isPeakExact }: Numbers): void {
  expect(isPeakExact).toBe(true);
  expect(peakRssBytes).toBeGreaterThan(STORE_BYTES + HEAP_BYTES);
  expect(peakRssBytes).toBeLessThan(STORE_BYTES + 200e6);
  expect(ledgers).toMatchObject({
    heap: { allocatedBytes: expect.any(Number), peakUsedBytes: expect.any(Number) },
    native: { allocatedBytes: expect.any(Number), peakBytes: expect.any(Number) },
  });
  if ('unavailable' in ledgers || 'unavailable' in ledgers.native) return;
  expect(ledgers.heap.allocatedBytes).toBeGreaterThan(HEAP_BYTES);
  // The array grows: each time its table is copied.
  expect(ledgers.heap.allocatedBytes).toBeLessThan(HEAP_BYTES * 3);
  expect(ledgers.heap.peakUsedBytes).toBeGreaterThan(HEAP_BYTES);
  expect(ledgers.heap.peakUsedBytes).toBeLessThanOrEqual(ledgers.heap.allocatedBytes);
  expect(ledgers.native.peakBytes).toBeGreaterThanOrEqual(STORE_BYTES);
  expect(ledgers.native.peakBytes).toBeLessThan(STORE_BYTES + 8e6);
}

type Numbers = Pick<ProcessMeasurement, 'ledgers' | 'peakRssBytes' | 'isPeakExact'>;

describe('measureProcess', () => {
  it(`tells the same of a Node child ${FRESH_PROCESSES} times`, async () => {
    for (let time = 0; time < FRESH_PROCESSES; time++) {
      const measured = await measureProcess(start([HOLDS]));
      expectHeld(measured);
      expect(measured).toMatchObject({
        exitCode: 0,
        signal: null,
        isNode: true,
        command: expect.stringMatching(/^node test\/victims\/children\/holds\.mjs$/),
        descendants: [],
      });
      expect(measured.durationMs).toBeGreaterThan(0);
    }
  });

  it('does not count what this process holds', async () => {
    const own = Buffer.alloc(300e6, 1);
    const measured = await measureProcess(start(['-e', '1']));
    expect(measured.peakRssBytes).toBeLessThan(150e6);
    expect(own.length).toBe(300e6);
  });

  it('measures what fork and exec start', async () => {
    const options = { env: measuredEnv(cleanEnv()), execPath: victimNode };
    expectHeld(await measureProcess(fork(HOLDS, [], { ...options, execArgv: [] })));
    const shell = await measureProcess(exec(`"${victimNode}" "${HOLDS}"; true`, options));
    expect(shell).toMatchObject({
      isNode: false,
      ledgers: { unavailable: 'it is not Node' },
    });
    expect(shell.command).toMatch(/^sh -c /);
    const [held] = shell.descendants;
    expect(shell.descendants).toHaveLength(1);
    expectHeld(held as Numbers);
    expect(held?.parentPid).toBe(shell.pid);
  });

  it('tells a process from those that it starts', async () => {
    const measured = await measureProcess(start([program('starts.mjs')]));
    const { ledgers, peakRssBytes, descendants } = measured;
    expect(peakRssBytes).toBeLessThan(STORE_BYTES + HEAP_BYTES);
    if ('unavailable' in ledgers) throw new Error(ledgers.unavailable);
    expect(ledgers.heap.allocatedBytes).toBeLessThan(HEAP_BYTES / 2);
    expect(descendants.map(({ command }) => command)).toEqual([
      'node test/victims/children/holds.mjs',
    ]);
    expectHeld(descendants[0] as Numbers);
  });

  it('says of a killed child what was seen', async () => {
    const child = start([HOLDS, '--wait'], { stdio: 'pipe' });
    const measuring = measureProcess(child);
    await once(child.stdout as NodeJS.ReadableStream, 'data');
    // Looks are 20 ms apart.
    await new Promise((resolve) => setTimeout(resolve, 100));
    child.kill('SIGKILL');
    const measured = await measuring;
    expect(measured).toMatchObject({
      exitCode: null,
      signal: 'SIGKILL',
      isNode: true,
      isPeakExact: false,
      ledgers: { unavailable: 'SIGKILL ended it: it could not report' },
    });
    expect(measured.peakRssBytes).toBeGreaterThan(STORE_BYTES + HEAP_BYTES);
  });

  describe('a Node child that a signal ends', () => {
    const signalled = async (
      args: readonly string[],
      ...signals: readonly NodeJS.Signals[]
    ): Promise<ProcessMeasurement> => {
      const child = start(args, { stdio: 'pipe' });
      const measuring = measureProcess(child);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      for (const signal of signals) child.kill(signal);
      return await measuring;
    };
    const BUSY = "process.stdout.write('ready'); for (;;);";

    it.each(['SIGTERM', 'SIGINT', 'SIGHUP'] as const)(
      'tells its ledgers before %s',
      async (signal) => {
        const measured = await signalled([HOLDS, '--wait'], signal);
        expect(measured).toMatchObject({ exitCode: null, signal, isNode: true });
        expectHeld(measured);
      },
    );

    it('ends of it all the same where its loop does not turn', async () => {
      expect(await signalled(['-e', BUSY], 'SIGTERM')).toMatchObject({
        exitCode: null,
        signal: 'SIGTERM',
        ledgers: { unavailable: 'SIGTERM ended it: it could not report' },
      });
    });

    it('ends of a second signal', async () => {
      const measured = await signalled(['-e', BUSY], 'SIGINT', 'SIGINT');
      expect(measured).toMatchObject({ exitCode: null, signal: 'SIGINT' });
    });

    it('handles the signal itself, once, if it wants to', async () => {
      const own = `let count = 0;
        process.on('SIGTERM', () => { count += 1; setTimeout(() => process.exit(count), 600); });
        setInterval(() => {}, 1_000);
        process.stdout.write('ready');`;
      const measured = await signalled(['-e', own], 'SIGTERM');
      expect(measured).toMatchObject({ exitCode: 1, signal: null, isPeakExact: true });
      expect(measured.ledgers).toHaveProperty('heap');
    });

    it('is known below another process', async () => {
      const script = `"${victimNode}" "${HOLDS}" --wait & read line <&3; kill $!; wait`;
      const child = spawn('bash', ['-c', script], {
        env: measuredEnv(cleanEnv()),
        stdio: ['ignore', 'pipe', 'inherit', 'pipe'],
      });
      const measuring = measureProcess(child);
      await once(child.stdout as NodeJS.ReadableStream, 'data');
      (child.stdio[3] as NodeJS.WritableStream).write('go\n');
      const { descendants } = await measuring;
      expect(descendants).toMatchObject([{ isNode: true, signal: 'SIGTERM' }]);
      expectHeld(descendants[0] as Numbers);
    });
  });

  it('sees what a shell runs beside it', async () => {
    // `tail` holds what it may have to print: 30 MB.
    const holding =
      '(head -c 30000000 /dev/zero; sleep 0.6; true) | tail -c 30000000 >/dev/null';
    const script = `sleep 0.7 & ${holding} & "${victimNode}" -e 1; wait`;
    const env = measuredEnv(cleanEnv());
    const measured = await measureProcess(spawn('sh', ['-c', script], { env }));
    expect(measured).toMatchObject({ isNode: false, exitCode: 0 });
    expect(measured.peakRssBytes).toBeLessThan(10e6);
    const { descendants, pid } = measured;
    const of = (name: string) =>
      descendants.filter(({ command }) => command.startsWith(`${name} `));
    // Node reports itself: it is there once.
    expect(of('node')).toMatchObject([{ isNode: true, isPeakExact: true }]);
    const seen = {
      isNode: false,
      isPeakExact: false,
      ledgers: { unavailable: 'it is not Node' },
    };
    expect(of('tail')).toMatchObject([{ ...seen, command: 'tail -c 30000000' }]);
    expect(of('tail')[0]?.peakRssBytes).toBeGreaterThan(30e6);
    expect(of('tail')[0]?.peakRssBytes).toBeLessThan(60e6);
    expect(of('sleep')).toHaveLength(2);
    const named = (name: string) => descendants.find(({ command }) => command === name);
    expect(named('sleep 0.7')).toMatchObject({ ...seen, parentPid: pid });
    expect(named('sleep 0.6')).toMatchObject(seen);
    expect(named('sleep 0.6')?.parentPid).not.toBe(pid);
    // Not the shell's copies of itself.
    expect(of('sh')).toEqual([]);
  });

  it('keeps what a program was when nobody waits for its end', async () => {
    // The shell becomes a program that knows of no child: the first stays as it ended.
    const measured = await measureProcess(
      spawn('sh', ['-c', 'sleep 0.1 & exec sleep 0.4']),
    );
    expect(measured.descendants).toMatchObject([{ command: 'sleep 0.1' }]);
  });

  it('measures the RSS of a program that is not Node', async () => {
    const measured = await measureProcess(spawn('sleep', ['0.3']));
    expect(measured).toMatchObject({
      command: 'sleep 0.3',
      exitCode: 0,
      isNode: false,
      isPeakExact: false,
      ledgers: { unavailable: 'it is not Node' },
      descendants: [],
    });
    expect(measured.peakRssBytes).toBeGreaterThan(100e3);
    expect(measured.peakRssBytes).toBeLessThan(40e6);
  });

  it('says how to get the ledgers of a child that was not told to report', async () => {
    const measured = await measureProcess(start([HOLDS], { env: cleanEnv() }));
    expect(measured).toMatchObject({
      isNode: true,
      isPeakExact: false,
      ledgers: { unavailable: expect.stringContaining('pass { env: measuredEnv() }') },
    });
    expect(measured.peakRssBytes).toBeGreaterThan(1e6);
  });

  it('says that the numbers of a program that measures are not its own', async () => {
    const measured = await measureProcess(start([program('measures.mjs')]));
    expect(measured.exitCode).toBe(0);
    expect(measured.ledgers).toEqual({
      unavailable: 'it measures with highwater itself',
    });
    expect(measured.isPeakExact).toBe(false);
  });

  it('is noticed by no program', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'high water "quoted" '));
    try {
      const preload = join(folder, 'my preload.cjs');
      writeFileSync(preload, 'globalThis.preloaded = true;');
      const own = `--max-old-space-size=512 --require "${preload.replace(/["\\]/g, '\\$&')}"`;
      const see = async (change: (env: NodeJS.ProcessEnv) => object) => {
        const env = { ...cleanEnv(), NODE_OPTIONS: own, USER_VALUE: 'a b' };
        const child = start([program('sees.mjs')], {
          env: change(env) as NodeJS.ProcessEnv,
        });
        const printed = { out: '', err: '' };
        child.stdout?.on('data', (data) => (printed.out += data));
        child.stderr?.on('data', (data) => (printed.err += data));
        const closed = once(child, 'close');
        const { exitCode, ledgers } = await measureProcess(child);
        await closed;
        return { exitCode, ledgers, err: printed.err, seen: JSON.parse(printed.out) };
      };
      const alone = await see((env) => env);
      const measured = await see(measuredEnv);
      expect(measured.exitCode).toBe(3);
      expect(measured.err).toBe('');
      expect(measured.ledgers).toHaveProperty('heap');
      expect(measured.seen.preloaded).toBe(true);
      expect(measured.seen).toEqual({
        ...alone.seen,
        options: expect.stringMatching(/^--require .*preload\.js"? --max-old-space-size/),
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('refuses what is no process, or was never one', async () => {
    await expect(measureProcess(7 as never)).rejects.toMatchObject({
      code: 'not-a-process',
    });
    const child = spawn('/nowhere/nothing').on('error', () => {});
    await expect(measureProcess(child)).rejects.toMatchObject({
      code: 'process-not-started',
    });
  });

  it('tells of a process that has ended before', async () => {
    const child = start(['-e', '1']);
    await once(child, 'exit');
    const measured = await measureProcess(child);
    expect(measured).toMatchObject({ exitCode: 0, isNode: true, isPeakExact: true });
    expect(measured.ledgers).toHaveProperty('heap');
  });
});
