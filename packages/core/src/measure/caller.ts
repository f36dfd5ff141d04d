// Calls the function under test inside the addon's windows, either at once or awaited.

import { errors } from '../errors.js';
import { collect, collectAfterTurns, settleOverTurns, turns } from '../gc.js';
import type {
  ByteWindow,
  LookPlan,
  Native,
  PeakWindow,
  Profile,
  SettledReadings,
} from '../native.js';
import { sum } from '../stats.js';
import type { MeasuredFunction } from '../types.js';
import type { Maybe } from './flow.js';

/** What a pass can do with the function. A promise exactly when `kind` is `'async'`. */
export interface Caller {
  readonly kind: 'sync' | 'async';
  readonly addon: Native;
  /** Calls finished so far, measured or not. */
  readonly callCount: number;
  call(calls: number): Maybe<void>;
  callInByteWindow(calls: number): Maybe<ByteWindow>;
  callInPeakWindow(plan: LookPlan): Maybe<PeakWindow>;
  /** One reading, of everything allocated. */
  callSampled(calls: number): Maybe<Profile>;
  /**
   * Rounds of calls with what is held settled and read before the first and after each.
   * `untilFlat` ends early when the used heap has been the same for {@link FLAT_ROUNDS} rounds, or
   * clearly will not be.
   */
  callInSettledRounds(
    lengths: readonly number[],
    untilFlat: boolean,
  ): Maybe<SettledReadings>;
  /** A single collection: a reading in between, where settling would take too long. Used heap in bytes. */
  collect(): Maybe<number>;
  /** Gives all objects ids, as `markObjects` does, when what ends by itself has ended. */
  mark(): Maybe<number>;
  /** Used heap in bytes once nothing more goes away. */
  settle(): Maybe<number>;
  /** The same windows around a function that does nothing: the cost of calling. */
  readonly idle: Caller | undefined;
}

/**
 * Frames kept per stack; callers further out are cut. Each frame costs 0.15 us per object.
 */
export const STACK_DEPTH = 32;

/** Equal readings in a row that prove a heap flat. */
export const FLAT_ROUNDS = 3;
/** Larger readings in a row: warming up grows, too, but not round after round. */
const GROWING_ROUNDS = 4;

/** Awaited rounds made first and not reported: they warm up what makes the rounds. */
const REHEARSALS = 3;

/** The addon's own loop calls `fn`: nothing of ours is in the window. */
export function syncCaller(addon: Native, fn: MeasuredFunction): Caller {
  let callCount = 0;
  const attempt = <T>(calls: number, run: () => T): T => {
    try {
      return run();
    } catch (cause) {
      throw isPromiseError(cause)
        ? errors.changedKind()
        : errors.functionThrew(cause, undefined);
    } finally {
      callCount += calls;
    }
  };
  return {
    kind: 'sync',
    addon,
    get callCount() {
      return callCount;
    },
    call: (calls) => attempt(calls, () => addon.call(fn, calls)),
    callInByteWindow: (calls) => attempt(calls, () => addon.callInByteWindow(fn, calls)),
    callInPeakWindow: (plan) => attempt(1, () => addon.callInPeakWindow(fn, plan)),
    callSampled: (calls) => {
      const profile = attempt(calls, () => addon.callSampled(fn, calls, STACK_DEPTH));
      if (profile === undefined) throw errors.samplingBusy();
      return profile;
    },
    callInSettledRounds: (lengths, untilFlat) => {
      const readings = attempt(0, () =>
        addon.callInSettledRounds(fn, lengths, untilFlat),
      );
      callCount += sum(lengths.slice(0, readings.heap.length - 1));
      return readings;
    },
    collect: () => collect(addon),
    mark: () => addon.markObjects(),
    settle: () => addon.settle(),
    // Measured: the addon's loop allocates nothing.
    idle: undefined,
  };
}

/**
 * A loop of ours awaits every call. It allocates (a promise reaction per await), always
 * the same, so {@link Caller.idle} measures it and the passes subtract it.
 */
export function asyncCaller(addon: Native, fn: MeasuredFunction): Caller {
  const settled = Promise.resolve();
  return awaitingCaller(
    addon,
    fn,
    awaitingCaller(addon, () => settled, undefined),
  );
}

function awaitingCaller(
  addon: Native,
  fn: MeasuredFunction,
  idle: Caller | undefined,
): Caller {
  let callCount = 0;
  const call = async (calls: number): Promise<void> => {
    for (let i = 0; i < calls; i++) {
      await callOnce(fn);
      callCount++;
    }
  };
  return {
    kind: 'async',
    addon,
    get callCount() {
      return callCount;
    },
    call,
    async callInByteWindow(calls) {
      addon.openByteWindow();
      await call(calls);
      return addon.closeByteWindow();
    },
    async callInPeakWindow(plan) {
      addon.openPeakWindow(plan);
      await call(1);
      return addon.closePeakWindow();
    },
    async callSampled(calls) {
      if (!addon.startSampling('all', STACK_DEPTH)) throw errors.samplingBusy();
      await call(calls);
      addon.readSampling();
      return addon.stopSampling();
    },
    async callInSettledRounds(lengths, untilFlat) {
      // Room for doubles in place, made before the first reading: what we note down must
      // not look like what the function keeps.
      const readings = new Array<number>(lengths.length + 1).fill(0.5);
      const native = new Array<number>(lengths.length + 1).fill(0.5);
      const isRecording = addon.readNative() !== undefined;
      let flat = 0;
      let growing = 0;
      let made = 0;
      for (let i = -REHEARSALS; i < lengths.length; i++) {
        await call(lengths[i] ?? 1);
        made = Math.max(0, i + 1);
        const before = readings[made - 1];
        const reading = await collectAfterTurns(addon);
        // What equals the one before has settled with its first collection.
        const isSettled = i < -1 || untilFlat || reading === before;
        const now = isSettled ? reading : await settleOverTurns(addon);
        readings[made] = now;
        if (isRecording) {
          // The stores of what has died go with the next collection.
          if (!untilFlat) addon.collectGarbage('full');
          native[made] = addon.readNative()?.heldBytes ?? 0;
        }
        flat = now === before ? flat + 1 : 0;
        growing = before !== undefined && now > before ? growing + 1 : 0;
        if (untilFlat && (flat >= FLAT_ROUNDS || growing >= GROWING_ROUNDS)) break;
      }
      return {
        heap: readings.slice(0, made + 1),
        ...(isRecording && { native: native.slice(0, made + 1) }),
      };
    },
    collect: () => collectAfterTurns(addon),
    mark: async () => {
      await turns();
      return addon.markObjects();
    },
    settle: () => settleOverTurns(addon),
    idle,
  };
}

function isPromiseError(cause: unknown): boolean {
  return (cause as { code?: unknown } | null)?.code === 'HIGHWATER_PROMISE';
}

async function callOnce(fn: MeasuredFunction): Promise<void> {
  let result: unknown;
  try {
    result = fn();
  } catch (cause) {
    throw errors.functionThrew(cause, undefined);
  }
  try {
    await result;
  } catch (cause) {
    throw errors.functionRejected(cause, undefined);
  }
}
