// Starts victims in processes of their own, one after another: tiers, caches and the heap's
// own sizing belong to the process. Another file of tests runs beside this one.

import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { LeakReport, Measurement } from '@highwater/core';

const RUNNER = fileURLToPath(new URL('run-victim.mjs', import.meta.url));

/** Fresh processes that must agree. The matrix asks fewer under each other Node. */
export const FRESH_PROCESSES = Number(process.env.HIGHWATER_TEST_REPEATS ?? 20);

/** What one process is to do; see run-victim.mjs. */
export interface VictimRun {
  readonly victims: readonly string[];
  /** Options of the measurement or the matcher. */
  readonly options?: object;
  readonly hot?: boolean;
  readonly afterOthers?: number;
  /** Of V8's heap, in MiB. */
  readonly mostHeap?: number;
}

/** The answer of a matcher, its message made. */
export interface Judgement {
  readonly pass: boolean;
  readonly message: string;
}

/** One measurement for each victim of the run. */
export function measureVictims(run: VictimRun): Promise<readonly Measurement[]> {
  return start('measure', run, []);
}

/** One report for each victim of the run. */
export function findVictimLeaks(run: VictimRun): Promise<readonly LeakReport[]> {
  return start('leaks', run, []);
}

/** One judgement for each victim of the run, or for each limit. */
export function judgeVictims(
  matcher: string,
  run: VictimRun,
  limits: readonly number[] = [],
): Promise<readonly Judgement[]> {
  return start(matcher, run, limits);
}

/** Runs `start` for every index below `times`; the results in that order. */
export async function repeat<T>(
  times: number,
  start: (index: number) => Promise<T>,
): Promise<readonly T[]> {
  const results: T[] = [];
  for (let index = 0; index < times; index++) results.push(await start(index));
  return results;
}

/** The Node that runs the victims; the matrix names others. */
export const victimNode = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

/** The 1-based line of a text that a file beside this one has once. */
export function lineOf(text: string, file: string): number {
  const lines = readFileSync(new URL(file, import.meta.url), 'utf8').split('\n');
  const found = lines.flatMap((line, index) => (line.includes(text) ? [index + 1] : []));
  if (found.length !== 1) throw new Error(`${file} has ${found.length} lines: ${text}`);
  return found[0]!;
}

/** The process that runs, or has run last. */
let latest: Promise<unknown> = Promise.resolve();

/** Behind those that were asked for before. */
function start<T>(
  what: string,
  run: VictimRun,
  limits: readonly number[],
): Promise<readonly T[]> {
  const mine = latest.then(() => runVictims<T>(what, run, limits));
  // The one behind it runs whatever became of this one.
  latest = mine.catch(() => undefined);
  return mine;
}

async function runVictims<T>(
  what: string,
  { victims, options = {}, hot = false, afterOthers = 0, mostHeap }: VictimRun,
  limits: readonly number[],
): Promise<readonly T[]> {
  const args = [
    ...(mostHeap === undefined ? [] : [`--max-old-space-size=${mostHeap}`]),
    RUNNER,
    `--what=${what}`,
    ...victims.map((victim) => `--victim=${victim}`),
    ...limits.map((limit) => `--limit=${limit}`),
    `--options=${JSON.stringify(options)}`,
    `--after-others=${afterOthers}`,
    ...(hot ? ['--hot'] : []),
  ];
  const { stdout } = await promisify(execFile)(victimNode, args, {
    env: cleanEnv(),
    maxBuffer: 64 * 1024 * 1024,
  });
  return JSON.parse(stdout) as readonly T[];
}

/** Not what the runner of these tests says to its own workers. */
export function cleanEnv(): NodeJS.ProcessEnv {
  const kept = Object.entries(process.env).filter(
    ([name]) => !/^(VITEST|NODE_OPTIONS$|NODE_V8_COVERAGE$|NODE_ENV$|TEST$)/.test(name),
  );
  return Object.fromEntries(kept);
}
