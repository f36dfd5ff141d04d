// What takes long, for somebody who sits in front of a terminal: a leak run may say nothing for half a minute.
// Workers have no terminal. They leave a file while they measure, and the process that has one looks.

import {
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { isAlive } from './alive.js';
import { firstWorld } from './first-world.js';
import { namesIn } from './folder.js';
import { isCi } from './terminal.js';
import { uniqueName } from './unique-name.js';

/** Below that a pass is no news. */
const LONG_MS = 2_000;
const AGAIN_MS = 10_000;
const LOOK_EVERY_MS = 500;
const FOLDER = 'progress';

/** A pass that is under way. */
export interface LongPass {
  /** `toNotLeak`. */
  readonly what: string;
  /** Of its test; that of its file where the test is not known. */
  readonly name: string;
  readonly durationMs: number;
}

interface Entry {
  readonly what: string;
  readonly name: string;
  readonly file: string;
  readonly pid: number;
}

/** Whether lines that come and go are wanted: by a person, at a terminal that nobody records. */
export function isProgressWanted(
  env: Readonly<Record<string, string | undefined>>,
  streams: readonly { readonly isTTY?: boolean }[],
): boolean {
  return (
    !isCi(env) && env.TERM !== 'dumb' && streams.every(({ isTTY }) => isTTY === true)
  );
}

/** Of the process with the terminal: tells of each pass that takes long, until `close`. */
export class PassWatch {
  readonly #folder: string;
  readonly #tell: (pass: LongPass) => void;
  readonly #timer: NodeJS.Timeout;
  readonly #toldAtMs = new Map<string, number>();

  /** @param channel of the run; workers that start from now on tell there */
  constructor(channel: string, tell: (pass: LongPass) => void) {
    this.#folder = join(channel, FOLDER);
    this.#tell = tell;
    mkdirSync(this.#folder, { recursive: true });
    this.#timer = setInterval(() => this.look(Date.now()), LOOK_EVERY_MS).unref();
  }

  look(nowMs: number): void {
    for (const name of namesIn(this.#folder)) {
      const file = join(this.#folder, name);
      const entry = read(file);
      // A worker that was killed measures no more.
      if (entry === undefined || !isAlive(entry.pid)) continue;
      const durationMs = nowMs - entry.beganMs;
      const toldMs = this.#toldAtMs.get(name);
      if (toldMs === undefined ? durationMs < LONG_MS : nowMs - toldMs < AGAIN_MS)
        continue;
      this.#toldAtMs.set(name, nowMs);
      this.#tell({ what: entry.what, name: entry.name, durationMs });
    }
  }

  /** The file has ended. A worker thread that was stopped takes nothing away itself. */
  forget(testFile: string): void {
    for (const name of namesIn(this.#folder)) {
      const file = join(this.#folder, name);
      if (read(file)?.file === testFile) rmSync(file, { force: true });
    }
  }

  close(): void {
    clearInterval(this.#timer);
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

let telling: { readonly folder: string; readonly testFile: string } | undefined;

/** Of a worker, before the tests of a file: passes are told of, if somebody watches the channel. */
export function tellPasses(channel: string | undefined, testFile: string): void {
  const folder = channel === undefined ? undefined : join(channel, FOLDER);
  telling = folder !== undefined && existsSync(folder) ? { folder, testFile } : undefined;
}

/**
 * Calls `pass`, and tells of it until it, or the promise that it returns, has ended. Before and after: while
 * it measures nothing is done here.
 */
export function underWay<T>(what: string, test: string | undefined, pass: () => T): T {
  if (telling === undefined) return pass();
  const { folder, testFile } = telling;
  const file = join(folder, uniqueName());
  const { pid } = firstWorld().process;
  begin(file, { what, name: test || testFile, file: testFile, pid });
  let result: T;
  try {
    result = pass();
  } catch (error) {
    end(file);
    throw error;
  }
  if (!(result instanceof Promise)) {
    end(file);
    return result;
  }
  return result.finally(() => end(file)) as T;
}

function begin(file: string, entry: Entry): void {
  try {
    writeFileSync(file, JSON.stringify(entry));
  } catch {
    // The run is over: nobody looks.
  }
}

function end(file: string): void {
  try {
    rmSync(file, { force: true });
  } catch {
    // The folder goes with its run.
  }
}

/** When it began is the file's own time: tests have clocks that are not real. */
function read(file: string): (Entry & { readonly beganMs: number }) | undefined {
  try {
    const entry = JSON.parse(readFileSync(file, 'utf8')) as Entry;
    return { ...entry, beganMs: statSync(file).mtimeMs };
  } catch {
    // Just begun, or just over.
    return undefined;
  }
}
