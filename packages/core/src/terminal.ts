// Who reads what a process prints: somebody at a terminal, or a log.

type Env = Readonly<Record<string, string | undefined>>;

/** What a stream tells of its terminal. */
export interface TerminalStream {
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** Its log is kept, and has no columns, even where it pretends to be a terminal. */
export function isCi({ CI }: Env): boolean {
  return !['', '0', 'false', undefined].includes(CI);
}

/** The columns of a terminal; `undefined` for a log, in which nothing has to be cut. */
export function terminalWidth(
  env: Env,
  { isTTY, columns }: TerminalStream,
): number | undefined {
  // Some terminals say 0.
  return isTTY === true && !isCi(env) ? columns || 80 : undefined;
}
