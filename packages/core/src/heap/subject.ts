// What the stack holds is not held in a snapshot. A value whose size is asked for has to be.

let subject: unknown;

/** Holds `value` from the top level of this module while `body` runs. */
export function withSubject<T>(value: unknown, body: () => T): T {
  subject = value;
  try {
    return body();
  } finally {
    subject = undefined;
  }
}

/** Keeps V8 from knowing that nobody reads it. */
export function currentSubject(): unknown {
  return subject;
}
