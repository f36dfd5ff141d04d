// 75 functions on lines of their own; one call of the victim makes each allocate 1,000 stores of a size
// that tells it: 75,000 allocations.

import vm from 'node:vm';

export const FUNCTIONS = 75;
export const EACH = 1_000;
/** Of every function: `many3` is on line 4 and asks for 403 bytes. */
export const SIZE = 400;

const source = Array.from(
  { length: FUNCTIONS },
  (_, index) =>
    `function many${index}(n) { let last; for (let i = 0; i < n; i++) last = make(${SIZE + index}, i); return last; }`,
).join('\n');
const make = `function make(size, i) { const store = new ArrayBuffer(size); return i % 7 === 0 ? { store, i } : [store]; }`;
const all = `[${Array.from({ length: FUNCTIONS }, (_, index) => `many${index}`).join()}]`;

export function manyLines() {
  const script = new vm.Script(`${source}\n${make}\n${all}`, {
    filename: '/many/lines.js',
  });
  const functions = script.runInThisContext();
  return function callMany() {
    let sum = 0;
    for (const fn of functions) sum += fn(EACH) === undefined ? 0 : 1;
    return sum;
  };
}
