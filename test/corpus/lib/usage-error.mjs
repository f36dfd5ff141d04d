// An error of whoever started the runner: its message says all, without a stack.

/** @param {string} message */
export function usageError(message) {
  return Object.assign(new Error(message), { isUsageError: true });
}
