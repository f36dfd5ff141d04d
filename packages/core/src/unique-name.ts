// Names for files that no other worker, copy of highwater or machine on the same disk gives to its own.

const time = process.hrtime.bigint().toString(36);
const random = Math.random().toString(36).slice(2);
let count = 0;

/**
 * Of letters, digits and dashes. Not by `node:crypto`, which takes 3 ms to load: more than all else of Node that
 * highwater needs in a worker. Time and chance are taken when highwater is loaded, before a test can mock them.
 */
export function uniqueName(): string {
  return `${time}-${random}-${count++}`;
}
