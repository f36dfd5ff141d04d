// What every measurement takes, and the frames it speaks of.

/** Which optimisation tier the measured code runs on. */
export type Tier = 'baseline' | 'optimized';

/** One frame of an allocating stack, in the user's own source coordinates. */
export interface Frame {
  /** `''` for anonymous functions. */
  readonly functionName: string;
  /** Absolute path, `node:` specifier, or `''` when V8 knows no script (builtins). */
  readonly file: string;
  /** 1-based line where the function starts; 0 when unknown. */
  readonly line: number;
  /** 1-based column where the function starts; 0 when unknown. */
  readonly column: number;
  /** Whose code this is: decides what is shown and what is trimmed. */
  readonly origin: 'user' | 'dependency' | 'node' | 'runner' | 'highwater' | 'builtin';
}

/** A function that is not JavaScript: of Node, of V8, of an addon or of a library. */
export interface NativeFrame {
  /** As C++ calls it, without parameters; `''` when its file does not tell. */
  readonly functionName: string;
  /** The name of its file: `node`, `sharp-linux-x64.node`, `libvips.so.42`. */
  readonly module: string;
}

/** Native functions by which a line asked for memory. */
export interface NativeStack {
  /** Innermost first; ends where JavaScript called. */
  readonly frames: readonly NativeFrame[];
  /** Of the callsite's bytes (those allocated, for a leak those kept): 0 to 1. */
  readonly share: number;
}

/**
 * Leaves callsites out of a measurement, and what survives out of a leak verdict. A string matches
 * when a frame's file contains it or its function name equals it, or when it is the class of the
 * survivors or the name of something that holds them; a RegExp is tested against all of these.
 */
export type IgnoreRule = string | RegExp | ((site: SiteIdentity) => boolean);

/** What an {@link IgnoreRule} function is shown. */
export interface SiteIdentity {
  /** Innermost first; none for survivors, which a heap snapshot shows without their callsites. */
  readonly frames: readonly Frame[];
  /** The class of survivors. */
  readonly className?: string;
  /** The names of what holds survivors: variables, properties, classes; outermost first. */
  readonly retainers?: readonly string[];
}

/** Options shared by everything that runs a function to measure it. */
export interface RunOptions {
  /** Unmeasured calls made first. Default: until the cost of a call is steady, at least 10. */
  readonly warmup?: number;
  /** Calls per round. Default: chosen from the cost of a call. */
  readonly iterations?: number;
  /** Independent repetitions; the median of them is reported. Default: 5. */
  readonly rounds?: number;
  /** Callsites to leave out of the numbers. */
  readonly ignore?: readonly IgnoreRule[];
  /** Runs once before the first call, unmeasured; awaited when it returns a promise. */
  readonly setup?: () => unknown;
  /** Runs once after the last call, also when one failed: for what must be closed. Awaited like `setup`. */
  readonly teardown?: () => unknown;
  /** Show the frames of Node and V8 too, instead of the user's frame that called them. Default: false. */
  readonly internals?: boolean;
  /** Name the native functions, of Node and of addons, by which a line asks for native memory. Default: false. */
  readonly native?: boolean;
  /**
   * Upper bound for one measurement, in milliseconds: it makes fewer rounds, and fails when even
   * that takes longer. Default: an aim of 4,000; without the option a measurement
   * only fails when no call returns any more.
   */
  readonly timeoutMs?: number;
}
