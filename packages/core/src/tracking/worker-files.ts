// The test files that one worker runs, one after another: how much each makes it grow, and what it leaves there.

import { AsyncResource } from 'node:async_hooks';
import { settleOverTurns, turns } from '../gc.js';
import { whyNoSnapshot } from '../heap/snapshot-limit.js';
import { arrayBufferBytes } from '../measure/array-buffers.js';
import { type Native, native } from '../native.js';
import { loadPackages } from '../on-demand.js';
import { judgeLeftBehind } from '../run/file-limit.js';
import { holdRun } from '../run/hold.js';
import type { FileIdentity, FileRecord, RunFile } from '../run/types.js';
import { openWorkerLog, type WorkerLog } from '../run/worker-log.js';
import { median, sum } from '../stats.js';
import { nowMs } from './clock.js';
import {
  type FileFacts,
  type FileMarks,
  type LeftGroup,
  leftBehind,
} from './left-behind.js';

/** A file under way. Texts and numbers: nothing of a world that is to go may be held here. */
interface OpenFile {
  readonly identity: FileIdentity;
  readonly root: string;
  readonly log: WorkerLog;
  readonly order: number;
  /** What it may leave behind, in bytes. */
  readonly limit: number | undefined;
  readonly beforeBytes: number;
  readonly beforeStores: number;
  marks: FileMarks;
  /** What it makes belongs to ages from this one on. */
  firstAge: number;
}

/** Its tests are over; its world may be there for a while. */
interface LeftFile extends OpenFile {
  /** What is made now belongs to this age. */
  readonly endAge: number;
  /** Something that lives as long as the world does. */
  readonly world: WeakRef<object>;
  readonly letRunEnd: () => void;
}

/** What there is after a file, in bytes, and what has become of its world. */
interface Growth {
  /** Of the worker, or what is alive of all that the file made. */
  readonly growthBytes: number;
  /** `held`: it was to go, and is still there: the runner has not let go of it, or something in it is left. */
  readonly world: 'shared' | 'gone' | 'held';
}

/** More than what files leave that leave nothing, from which on somebody looks at the heap. */
const LOOK_BYTES = 100_000;
const MOST_CLASSES = 10;
/** In so many turns of the event loop a world is waited for closely: hooks of the user may be under way. */
const MOST_TURNS = 200;
const AGAIN_MS = 2;
/** Of a runner to let go of a world that it has taken down. */
const TURNS_TO_GO = 3;

/**
 * Begun and ended by each file. Lives as long as the worker. Where files have worlds of their own (Jest, vm pools)
 * it belongs to none of them: what a file leaves is known when its world is gone.
 */
export class WorkerFiles {
  #order = 0;
  /** Since it was recorded last. */
  #costMs = 0;
  /** Marks since all objects got their ids. */
  #ageCount = 0;
  #open: OpenFile | undefined;
  #left: LeftFile | undefined;
  /** Growth over files that leave nothing. */
  readonly #usual: Readonly<Record<Growth['world'], number[]>> = {
    shared: [],
    gone: [],
    held: [],
  };
  readonly #outside = new AsyncResource('highwater');

  /**
   * Before the file is loaded.
   *
   * @param limit what it may leave behind, in bytes
   */
  start(
    identity: FileIdentity,
    root: string,
    runner: RunFile['runner']['name'],
    limit?: number,
  ): void {
    loadPackages();
    this.#order++;
    const order = this.#order;
    const log = openWorkerLog(root, runner);
    const { worker } = log;
    log.append({
      kind: 'look',
      ...identity,
      order,
      worker,
      ...(limit !== undefined && { limit }),
    });
    this.#open = undefined;
    this.#within((addon) => {
      if (this.#left === undefined) this.#forget(addon);
      const marks = this.#newMarks(addon);
      this.#open = {
        identity,
        root,
        log,
        order,
        limit,
        beforeBytes: usedBytes(addon),
        beforeStores: arrayBufferBytes(),
        marks,
        firstAge: this.#ageCount,
      };
    });
  }

  /** Its modules are loaded, its tests have not begun. The world of the file before is gone by now. */
  async loaded(): Promise<void> {
    if (this.#left !== undefined) {
      await turns();
      this.close();
    }
    this.#within((addon) => {
      const open = this.#open;
      if (open === undefined) return;
      open.marks = { ...open.marks, loaded: this.#mark(addon) };
    });
  }

  /** Its tests and hooks are over, and its world goes on. */
  async end(): Promise<void> {
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    const addon = native();
    if (!addon.acquire(true)) return;
    const began = nowMs();
    try {
      await settleOverTurns(addon);
      const growthBytes = usedBytes(addon) - open.beforeBytes;
      this.#record(open, addon, { growthBytes, world: 'shared' });
    } finally {
      this.#forget(addon);
      addon.release();
      this.#costMs += nowMs() - began;
      this.#recordCost(open.log);
    }
  }

  /**
   * Its tests and hooks are over, and its world goes: what is left is known at {@link close}, or when the next file
   * is loaded.
   *
   * @param world something that lives as long as the world does; not held here
   * @param isCloseCertain whether somebody calls {@link close} even after the last file: the run waits for that
   */
  leave(world: object, isCloseCertain: boolean): void {
    this.close();
    const open = this.#open;
    this.#open = undefined;
    if (open === undefined) return;
    this.#within((addon) => {
      const { root, log, identity } = open;
      const marks = { ...open.marks, ended: this.#mark(addon) };
      this.#left = {
        ...open,
        marks,
        endAge: this.#ageCount,
        world: new WeakRef(world),
        letRunEnd: isCloseCertain ? holdRun(root, log.worker, identity.file) : () => {},
      };
    });
  }

  /**
   * Calls {@link close} once the world is gone, or some turns after `isTakenDown` says yes. What that refers to is held until
   * then; a file that is loaded sooner ends this.
   */
  closeWhen(isTakenDown: () => boolean): void {
    const left = this.#left;
    let looks = 0;
    const look = (): void => {
      if (left === undefined || this.#left !== left) return;
      looks++;
      if (isTakenDown()) setImmediate(closeSoon, this, left, TURNS_TO_GO);
      else if (looks < MOST_TURNS) setImmediate(look);
      else setTimeout(look, AGAIN_MS).unref();
    };
    // What is asked for in a test's context holds that context.
    this.#outside.runInAsyncScope(setImmediate, undefined, look);
  }

  /** Whether it is still to be closed. */
  hasLeft(left: LeftFile): boolean {
    return this.#left === left;
  }

  /** Whether the world of a file that was left has gone. Collects. */
  isGone({ world }: LeftFile): boolean {
    return (
      this.#within((addon) => addon.settle()) !== undefined && world.deref() === undefined
    );
  }

  /** The file that was left has ended. Nothing when there is none. */
  readonly close = (): void => {
    const left = this.#left;
    this.#left = undefined;
    if (left === undefined) return;
    this.#within((addon) => {
      addon.settle();
      const ages = addon.bytesByAge().slice(left.firstAge, left.endAge);
      this.#ageCount++;
      const stores = Math.max(0, arrayBufferBytes() - left.beforeStores);
      const growthBytes = sum(ages) + stores;
      const world = left.world.deref() === undefined ? 'gone' : 'held';
      const hasLooked = this.#record(left, addon, { growthBytes, world });
      if (!hasLooked && this.#open !== undefined) return;
      this.#forget(addon);
      if (this.#open === undefined) return;
      this.#open.marks = this.#newMarks(addon);
      this.#open.firstAge = this.#ageCount;
    });
    this.#recordCost(left.log);
    left.letRunEnd();
  };

  #within<T>(body: (addon: Native) => T): T | undefined {
    const addon = native();
    if (!addon.acquire(true)) return undefined;
    const began = nowMs();
    try {
      return body(addon);
    } finally {
      addon.release();
      this.#costMs += nowMs() - began;
    }
  }

  #recordCost(log: WorkerLog): void {
    log.append({ kind: 'cost', trackingMs: Number(this.#costMs.toFixed(3)) });
    this.#costMs = 0;
  }

  #mark(addon: Native): number {
    this.#ageCount++;
    return addon.markObjects(true);
  }

  #newMarks(addon: Native): FileMarks {
    const witness = {};
    const started = this.#mark(addon);
    return { started, witness, witnessId: addon.objectId(witness) };
  }

  #forget(addon: Native): void {
    addon.forgetObjectIds();
    this.#ageCount = 0;
  }

  /** @returns whether that took the ids from all objects */
  #record(
    { identity, root, order, log, marks, limit }: OpenFile,
    addon: Native,
    { growthBytes, world }: Growth,
  ): boolean {
    const workerHeapBytes = addon.usedHeapBytes();
    const usual = this.#usual[world];
    const hasModulesInCommon = world === 'shared';
    // In a world of their own all files begin alike: nothing is known of what is usual before the first has ended.
    const isFirst = usual.length === 0 && !hasModulesInCommon;
    const least = usual.length === 0 ? 0 : Math.max(0, median(usual));
    // A file that may leave less is looked at for less.
    const most = Math.min(LOOK_BYTES, limit ?? LOOK_BYTES);
    const isMore = isFirst || growthBytes >= least + most;
    const { groups, notSearched } = isMore
      ? searched(addon, { marks, root, growthBytes, hasModulesInCommon })
      : NOTHING_LEFT;
    const leftBehindBytes = sum(groups.map(({ bytes }) => bytes));
    // The first file loads what all need: it tells nothing of the others.
    if (leftBehindBytes < LOOK_BYTES && order > 1) usual.push(growthBytes);
    log.append({
      kind: 'file',
      ...identity,
      ...(notSearched === undefined ? { leftBehindBytes } : { notSearched }),
      growthBytes,
      ...shown(groups),
      workerHeapBytes,
      order,
      worker: log.worker,
      ...judgeLeftBehind(limit, notSearched === undefined ? leftBehindBytes : undefined),
    });
    return isMore;
  }
}

/** Refers to nothing of the world that is to go, as a closure would. */
function closeSoon(files: WorkerFiles, left: LeftFile, turnsLeft: number): void {
  if (turnsLeft > 0 && !files.isGone(left)) {
    setImmediate(closeSoon, files, left, turnsLeft - 1);
    return;
  }
  if (files.hasLeft(left)) files.close();
}

const LOST_IDS = 'a memory matcher, or an inspector, ran in it';

interface Searched {
  readonly groups: readonly LeftGroup[];
  readonly notSearched?: string;
}

const NOTHING_LEFT: Searched = { groups: [] };

/** What it left, or why that is not known. */
function searched(addon: Native, facts: FileFacts): Searched {
  try {
    const groups = leftBehind(addon, facts);
    return groups === undefined ? { groups: [], notSearched: LOST_IDS } : { groups };
  } catch (cause) {
    const notSearched = whyNoSnapshot(cause);
    if (notSearched === undefined) throw cause;
    return { groups: [], notSearched };
  }
}

function shown(groups: readonly LeftGroup[]): Pick<FileRecord, 'classes' | 'heldBy'> {
  const most = groups.slice(0, MOST_CLASSES);
  return {
    classes: most.map(({ className: name, count, bytes }) => ({ name, count, bytes })),
    heldBy: most.map(({ heldBy }) => heldBy),
  };
}

function usedBytes(addon: Native): number {
  return addon.usedHeapBytes() + arrayBufferBytes();
}
