// What highwater throws on purpose.

/** Tells the errors of highwater apart without reading their text. */
export type ErrorCode =
  | 'invalid-size'
  | 'invalid-count'
  | 'invalid-option'
  | 'not-a-function'
  | 'function-threw'
  | 'function-rejected'
  | 'changed-kind'
  | 'hook-failed'
  | 'overlapping-measurement'
  | 'missing-addon'
  | 'sampling-busy'
  | 'native-not-measured'
  | 'limit-not-measured'
  | 'timeout'
  | 'not-awaited'
  | 'not-an-object'
  | 'not-a-capture'
  | 'nothing-to-watch'
  | 'snapshot-not-written'
  | 'snapshot-too-large'
  | 'baseline-unreadable'
  | 'baseline-too-new'
  | 'baseline-not-written'
  | 'baseline-locked'
  | 'baseline-too-noisy'
  | 'baseline-negated'
  | 'baseline-concurrent'
  | 'baseline-without-setup'
  | 'run-unreadable'
  | 'run-too-new'
  | 'run-not-written'
  | 'runs-differ'
  | 'not-a-process'
  | 'process-not-started';

/** Everything highwater throws on purpose. A failed expectation is not one of these. */
export class HighwaterError extends Error {
  override readonly name = 'HighwaterError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
