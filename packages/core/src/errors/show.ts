// Values and lines as errors print them.

import { inspect } from 'node:util';

export function lines(...parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined).join('\n');
}

/** A value as the user wrote it, on one short line. */
export function show(value: unknown): string {
  if (typeof value === 'function')
    return value.name === '' ? 'a function' : `the function ${value.name}`;
  // A user's own [inspect.custom] or getters must not run inside an error.
  return cut(
    inspect(value, {
      depth: 0,
      customInspect: false,
      breakLength: Infinity,
      compact: true,
    }),
  );
}

export function showThrown(thrown: unknown): string {
  if (!(thrown instanceof Error) && !isErrorLike(thrown)) return show(thrown);
  return thrown.message === '' ? thrown.name : `${thrown.name}: ${thrown.message}`;
}

/** Errors of another realm (vm pools, Jest's environment) are no `instanceof Error` here. */
function isErrorLike(value: unknown): value is Error {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof (value as Partial<Error>).message === 'string' &&
    typeof (value as Partial<Error>).name === 'string'
  );
}

function cut(text: string): string {
  return text.length <= 60 ? text : `${text.slice(0, 57)}...`;
}
