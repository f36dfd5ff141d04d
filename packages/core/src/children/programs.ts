// What a shell runs, seen from outside: programs that are not Node report nothing themselves.

import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { clearInterval, setInterval } from 'node:timers';
import { LOOK_EVERY_MS, LOOKS_FOR_PROGRAM, OutsideView } from './outside.js';

/** A process that was seen below the one that is followed. */
export interface SeenProgram {
  readonly pid: number;
  readonly parentPid: number;
  /** The executable first. */
  readonly args: readonly string[];
  readonly view: OutsideView;
}

/** Longer lists are cut: a shell that runs so many at a time is read again soon. */
const list = Buffer.alloc(4_096);

/** One process, and what is below it as far as nothing is Node: Node reports itself, and what it starts is its own. */
class Followed {
  readonly #pid: number;
  readonly #view: OutsideView;
  readonly #found: Map<number, Followed>;
  readonly #parentPid: number;
  #children: number | undefined;
  #args: readonly string[] = [];
  #lookCount = 0;

  constructor(
    pid: number,
    parentPid: number,
    view: OutsideView,
    found: Map<number, Followed>,
  ) {
    this.#pid = pid;
    this.#parentPid = parentPid;
    this.#view = view;
    this.#found = found;
    try {
      this.#children = openSync(childrenFile(pid), 'r');
    } catch {
      // It has ended, or this kernel does not tell.
    }
  }

  look(): void {
    if (this.#children === undefined) return;
    try {
      if (this.#lookCount++ < LOOKS_FOR_PROGRAM) this.#args = this.#argsNow();
      if (this.#view.isNode === true) return;
      const length = readSync(this.#children, list, 0, list.length, 0);
      if (length > 0) this.#follow(list.toString('latin1', 0, length));
    } catch {
      // It has ended: what was seen stays.
    }
  }

  /** One that has ended, which nobody has waited for yet, has none any more. */
  #argsNow(): readonly string[] {
    const args = argsOf(this.#pid);
    return args.length > 0 ? args : this.#args;
  }

  #follow(text: string): void {
    for (const word of text.split(' ')) {
      const pid = Number(word);
      if (!(pid > 0) || this.#found.has(pid)) continue;
      const child = new Followed(pid, this.#pid, new OutsideView(pid), this.#found);
      this.#found.set(pid, child);
      child.look();
    }
  }

  /** Undefined for one that was never seen to be a program: a shell about to become another. */
  program(parent: Followed | undefined): SeenProgram | undefined {
    const args = this.#args;
    const isCopy = args.length === 0 || args.join('\0') === parent?.args.join('\0');
    if (isCopy) return undefined;
    return { pid: this.#pid, parentPid: this.#parentPid, args, view: this.#view };
  }

  get args(): readonly string[] {
    return this.#args;
  }

  get parentPid(): number {
    return this.#parentPid;
  }

  closeChildren(): void {
    if (this.#children !== undefined) closeSync(this.#children);
    this.#children = undefined;
  }

  close(): void {
    this.closeChildren();
    this.#view.close();
  }
}

/** Until `close`. */
export class ProgramsBelow {
  readonly #found = new Map<number, Followed>();
  readonly #root: Followed;
  readonly #timer: NodeJS.Timeout;

  /** @param view of the process itself, which stays with who made it */
  constructor(pid: number, view: OutsideView) {
    this.#root = new Followed(pid, 0, view, this.#found);
    this.#found.set(pid, this.#root);
    this.look();
    this.#timer = setInterval(() => this.look(), LOOK_EVERY_MS).unref();
  }

  look(): void {
    for (const one of this.#found.values()) one.look();
  }

  /** In the order in which they were seen. */
  get programs(): readonly SeenProgram[] {
    return [...this.#found.values()].flatMap((one) => {
      if (one === this.#root) return [];
      return one.program(this.#found.get(one.parentPid)) ?? [];
    });
  }

  close(): void {
    clearInterval(this.#timer);
    for (const one of this.#found.values()) {
      if (one === this.#root) one.closeChildren();
      else one.close();
    }
  }
}

/** Whether the kernel tells which processes another one has started (CONFIG_PROC_CHILDREN). */
export function canSeeBelow(): boolean {
  return existsSync(childrenFile(process.pid));
}

function childrenFile(pid: number): string {
  return `/proc/${pid}/task/${pid}/children`;
}

function argsOf(pid: number): readonly string[] {
  const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  return text === '' ? [] : text.replace(/\0$/, '').split('\0');
}
