// The command was used wrongly: exit code 2, like a file that cannot be read.

export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** @param next what to do */
export function usageError(wrong: string, next: string): UsageError {
  return new UsageError(`${wrong}\n${next}`);
}
