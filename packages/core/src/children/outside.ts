// What can be seen of a process from outside while it runs: by looking again and again.

import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  readlinkSync,
  readSync,
} from 'node:fs';
import { basename } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import type { Available } from '../types.js';
import { peakRssIn } from './proc-text.js';
import { REPORTS_VARIABLE } from './report.js';

/** How often the peak is read. A process keeps its own peak: only what comes after the last look is missed. */
export const LOOK_EVERY_MS = 20;

/** A shell, or `env`, becomes another program soon or never. */
export const LOOKS_FOR_PROGRAM = 25;

const status = Buffer.alloc(8_192);

/** Until `close`. */
export class OutsideView {
  readonly #pid: number;
  #descriptor: number | undefined;
  #lookCount = 0;
  #peakBytes = 0;
  #program: string | undefined;
  #environment: string | undefined;

  constructor(pid: number) {
    this.#pid = pid;
    try {
      // It stays that of this process, whoever gets the id next.
      this.#descriptor = openSync(`/proc/${pid}/status`, 'r');
      this.#environment = readFileSync(`/proc/${pid}/environ`, 'latin1');
    } catch {
      // It has ended, it is another user's, or there is no /proc.
    }
    this.look();
    open.add(this);
    timer ??= setInterval(lookAtAll, LOOK_EVERY_MS).unref();
  }

  look(): void {
    if (this.#descriptor === undefined) return;
    try {
      const length = readSync(this.#descriptor, status, 0, status.length, 0);
      this.#peakBytes = Math.max(this.#peakBytes, peakRssIn(status, length) ?? 0);
      if (this.#lookCount++ < LOOKS_FOR_PROGRAM)
        this.#program = readlinkSync(`/proc/${this.#pid}/exe`);
    } catch {
      // It has ended: what was seen stays.
    }
  }

  /** The highest seen so far. */
  get peakRssBytes(): Available<number> {
    if (this.#peakBytes > 0) return this.#peakBytes;
    return {
      unavailable: existsSync('/proc/self/status')
        ? 'it ended before it could be read'
        : `${process.platform} has no /proc to read it from`,
    };
  }

  /** Undefined where nobody could see. */
  get isNode(): boolean | undefined {
    if (this.#program === undefined) return undefined;
    return (
      this.#program === process.execPath || /^node(js)?\b/.test(basename(this.#program))
    );
  }

  /** Whether it was started with what makes Node report; undefined where nobody could see. */
  get isAskedToReport(): boolean | undefined {
    return this.#environment === undefined || this.#environment === ''
      ? undefined
      : this.#environment
          .split('\0')
          .some((one) => one.startsWith(`${REPORTS_VARIABLE}=`));
  }

  close(): void {
    open.delete(this);
    if (open.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
    if (this.#descriptor !== undefined) closeSync(this.#descriptor);
    this.#descriptor = undefined;
  }
}

const open = new Set<OutsideView>();
let timer: NodeJS.Timeout | undefined;

function lookAtAll(): void {
  for (const view of open) view.look();
}
