// What every matcher does with its runner.

import { blameCaller, expectAwait } from '../awaited.js';
import { plainPaint, type TextOptions } from '../format/style.js';
import type { Maybe } from '../measure/flow.js';

/** What a runner's `expect.extend` wants back. */
export interface MatcherResult {
  readonly pass: boolean;
  readonly message: () => string;
}

/** What a matcher reads of its runner's `this`. Vitest and Jest offer the same. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly currentTestName?: string;
  readonly utils?: Partial<RunnerColours>;
}

interface RunnerColours {
  readonly EXPECTED_COLOR: Colour;
  readonly RECEIVED_COLOR: Colour;
  readonly DIM_COLOR: Colour;
  readonly BOLD_WEIGHT: Colour;
}

type Colour = (text: string) => string;

/** Options that only concern the failure text. */
export interface ReportOptions {
  /** Every callsite instead of the top. Default: false. */
  readonly verbose?: boolean;
}

export type Matcher<Args extends readonly unknown[]> = (
  this: MatcherContext,
  received: unknown,
  ...args: Args
) => Maybe<MatcherResult>;

// Not called `then`: a module that exports one looks like a promise to `import()`.
export function followedBy<T, U>(
  value: Maybe<T>,
  next: (value: T) => Maybe<U>,
): Maybe<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}

export function announced(
  name: string,
  negated: boolean,
  result: Maybe<MatcherResult>,
): Maybe<MatcherResult> {
  if (!(result instanceof Promise)) return result;
  const called = new Error(name);
  const blamed = result.catch((error: unknown) => {
    throw blameCaller(error, called);
  });
  return expectAwait(`${negated ? 'not.' : ''}${name}()`, blamed, called);
}

export function textOptions(
  { utils }: MatcherContext,
  options: ReportOptions | undefined,
): TextOptions {
  return {
    root: process.cwd(),
    // Jest indents failure texts by 4.
    width: 76,
    verbose: options?.verbose ?? false,
    paint: {
      bold: utils?.BOLD_WEIGHT ?? plainPaint.bold,
      dim: ofOne(utils?.DIM_COLOR) ?? plainPaint.dim,
      red: ofOne(utils?.RECEIVED_COLOR) ?? plainPaint.red,
      green: ofOne(utils?.EXPECTED_COLOR) ?? plainPaint.green,
    },
  };
}

export function nameOf(received: unknown): { readonly name?: string } {
  return typeof received === 'function' && received.name !== ''
    ? { name: received.name }
    : {};
}

/** Jest's functions join all that they are given, as `map` gives them index and list. */
function ofOne(colour: Colour | undefined): Colour | undefined {
  return colour && ((text) => colour(text));
}
