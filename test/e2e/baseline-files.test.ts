// A baseline file among processes that write it together, are killed, or find no room.

import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { build } from 'esbuild';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { root } from '../tools/project.mjs';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
const KILLS = 200;

let folder: string;
let program: string;
let file: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-files-'));
  program = join(folder, 'writer.mjs');
  // The store itself, without anything around it.
  await build({
    stdin: {
      contents: `
        import { writeBaseline } from './packages/core/src/baseline/store.js';
        const [file, name, from, to, padding] = process.argv.slice(2);
        const callsite = { function: 'f', file: 'f.js', line: 1, allocatedBytes: 1, allocatedCount: 1 };
        for (let i = Number(from); i < Number(to); i++) {
          const number = { value: i, spread: 0, rounds: 1 };
          const record = {
            highwater: '0.1.0', node: '22.1.0', v8: '12', tier: 'baseline', kind: 'sync',
            heap: { allocatedBytes: number }, native: {},
            callsites: Array.from({ length: Number(padding) }, () => callsite),
          };
          const key = name.replace('%', i);
          try {
            writeBaseline(file, { environment: 'node22-linux-x64', records: new Map([[key, record]]), removed: new Set() });
          } catch (error) {
            console.log('failed', error.code, error.message);
            process.exit(1);
          }
          console.log('wrote', i);
        }`,
      resolveDir: root,
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    logLevel: 'error',
  });
});
afterAll(() => rmSync(folder, { recursive: true }));
beforeEach(() => {
  rmSync(join(folder, '__memory__'), { recursive: true, force: true });
  file = join(folder, '__memory__/a.test.ts.memory.json');
});

/** Writes the numbers from `from` on, each under `name` with it in the place of `%`. */
function start(name: string, from: number, to: number, padding = 0): ChildProcess {
  const args = [program, file, name, ...[from, to, padding].map(String)];
  return spawn(node, args, { stdio: ['ignore', 'pipe', 'inherit'] });
}

function keys(): readonly string[] {
  return Object.keys(JSON.parse(readFileSync(file, 'utf8')).tests);
}

it('eight processes lose nothing of each other', async () => {
  const writers = Array.from({ length: 8 }, (_, i) => start(`writer ${i} %`, 0, 25));
  const codes = await Promise.all(
    writers.map((writer) => new Promise((resolve) => writer.on('exit', resolve))),
  );
  expect(codes).toEqual(Array(8).fill(0));
  expect(keys()).toHaveLength(8 * 25);
  expect(readdirSync(join(folder, '__memory__'))).toEqual(['a.test.ts.memory.json']);
});

it(`${KILLS} processes that are killed while they write corrupt nothing, and what was written stays`, async () => {
  const failures: string[] = [];
  let killed = 0;
  /** Writes the next number until it is killed, at another moment each time. */
  const writeAndKill = async (name: string, from: number): Promise<number> => {
    const writer = start(name, from, from + 10_000, 100);
    const ended = new Promise((resolve) => writer.on('exit', resolve));
    const delayMs = (killed++ * 7) % 20;
    let last = from - 1;
    createInterface({ input: writer.stdout as NodeJS.ReadableStream }).on(
      'line',
      (line) => {
        const [, number] = /^wrote (.*)$/.exec(line) ?? [];
        if (number === undefined) failures.push(line);
        if (last < from) setTimeout(() => writer.kill('SIGKILL'), delayMs);
        last = Number(number);
      },
    );
    await ended;
    if (writer.signalCode !== 'SIGKILL') failures.push(`${name} ended by itself`);
    return last;
  };
  const lane = async (name: string): Promise<void> => {
    for (let next = 0; killed < KILLS; ) {
      const last = await writeAndKill(name, next);
      const [record] = Object.values(
        JSON.parse(readFileSync(file, 'utf8')).tests[name],
      ) as [{ heap: { allocatedBytes: { value: number } } }];
      const { value } = record.heap.allocatedBytes;
      // It may have died between writing and saying so.
      if (value !== last && value !== last + 1)
        failures.push(`${name}: ${last}, ${value}`);
      next = value + 1;
    }
  };
  await Promise.all(['a', 'b', 'c', 'd'].map(lane));
  expect(failures).toEqual([]);
  // Whatever the dead left behind is in nobody's way.
  const last = spawnSync(node, [program, file, 'last', '0', '1', '0'], {
    encoding: 'utf8',
  });
  expect(last.stdout).toBe('wrote 0\n');
  expect(readdirSync(join(folder, '__memory__'))).toEqual(['a.test.ts.memory.json']);
}, 600_000);

/** Runs a command where a small disk is mounted at `folder/__memory__`. */
function onSmallDisk(command: string): ReturnType<typeof spawnSync> {
  const disk = join(folder, '__memory__');
  mkdirSync(disk, { recursive: true });
  return spawnSync(
    'unshare',
    [
      ...['--mount', '--map-root-user', 'sh', '-c'],
      `mount -t tmpfs -o size=64k tmpfs '${disk}' && ${command}`,
    ],
    { encoding: 'utf8' },
  );
}

const canMount = (): boolean => {
  const probe = mkdtempSync(join(tmpdir(), 'highwater-mount-'));
  const { status } = spawnSync('unshare', [
    ...['--mount', '--map-root-user', 'sh', '-c', `mount -t tmpfs tmpfs '${probe}'`],
  ]);
  rmSync(probe, { recursive: true });
  return status === 0;
};

describe.runIf(canMount())('a full disk', () => {
  it('is told, and costs nothing of what was there', () => {
    const result = onSmallDisk(
      `'${node}' '${program}' '${file}' first 0 1 10 && ` +
        `cp '${file}' '${folder}/before.json' && ` +
        `{ '${node}' '${program}' '${file}' second 0 1 2000; ` +
        `ls '${folder}/__memory__'; cmp '${file}' '${folder}/before.json' && echo same; }`,
    );
    const lines = String(result.stdout).trim().split('\n');
    expect(lines[0]).toBe('wrote 0');
    expect(lines[1]).toMatch(
      /^failed baseline-not-written The baseline could not be written: .*ENOSPC/,
    );
    expect(lines.slice(-2)).toEqual(['a.test.ts.memory.json', 'same']);
    rmSync(join(folder, 'before.json'));
  });
});

it('a folder that may not be written to is told', () => {
  writeFileSync(join(folder, '__memory__'), '');
  const result = spawnSync(node, [program, file, 'one', '0', '1', '0'], {
    encoding: 'utf8',
  });
  expect(result.stdout).toMatch(/^failed baseline-not-written /);
  rmSync(join(folder, '__memory__'));
  expect(existsSync(file)).toBe(false);
});
