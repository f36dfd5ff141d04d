// Milliseconds, whatever a test does to its clocks.

// Held from the start: test code replaces the global one with a fake.
const { performance: real } = globalThis;
const read = real.now;

/** Since some moment. */
export function nowMs(): number {
  return read.call(real);
}
