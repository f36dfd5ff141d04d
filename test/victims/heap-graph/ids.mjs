// Marks the heap's objects, lets collections move them and prints which of them then
// have an id above the mark: old ones must not, new ones must.

import native from '@highwater/native';

const COUNT = 10_000;
const KINDS = [
  () => ({ plain: 1 }),
  () => [1, 2],
  () => () => 1,
  () => new Map([[1, 2]]),
  () => new Set([1]),
  () => Promise.resolve(),
  () => new Date(),
  () => /x/,
  () => new Uint8Array(8),
  () => new ArrayBuffer(100),
  () => new Error('x'),
  () => new Array(20_000).fill(0),
];
const make = (count) =>
  Array.from({ length: count }, (_, i) => {
    const kind = i % KINDS.length;
    // Large objects have a space of their own; a few will do.
    return KINDS[kind === KINDS.length - 1 && i > 100 ? 0 : kind]();
  });

const addon = native.loadNative();
if (!addon.acquire()) throw new Error('somebody else measures');
// Young and old ones.
const old = make(COUNT);
addon.collectGarbage('minor');
old.push(...make(COUNT));
const mark = addon.markObjects();
const young = [];
for (let round = 0; round < 5; round++) {
  young.push(...make(COUNT / 5));
  make(COUNT);
  addon.collectGarbage(round % 2 === 0 ? 'minor' : 'full');
}
const again = addon.markObjects();
const last = { made: 'at last' };
const graph = addon.captureHeap([]);
const count = (objects, test) =>
  objects.filter((object) => test(graph.idOf(object))).length;
console.log(
  JSON.stringify({
    grows: again > mark,
    oldAbove: count(old, (id) => id === undefined || id > mark),
    youngBelow: count(young, (id) => id === undefined || id <= mark || id > again),
    lastBelow: count([last], (id) => id === undefined || id <= again),
  }),
);
addon.release();
