// Asks for snapshots that V8 may not finish, and for one that it may, and prints what came of them.

import native from '@highwater/native';

const kept = Array.from({ length: 100_000 }, (_, i) => ({ i, of: [i] }));
const addon = native.loadNative();
if (!addon.acquire()) throw new Error('somebody else measures');

const given = [];
for (let i = 0; i < 5; i++) {
  addon.markObjects(true);
  const { objectCount, estimatedMs, dispose } = addon.captureHeap([], 1);
  given.push({
    isTooLarge: objectCount > kept.length && estimatedMs > 1,
    isGraph: dispose !== undefined,
    id: addon.objectId(kept[0]) ?? null,
  });
}
// V8 is as it was: objects get ids again, and a snapshot is whole.
const mark = addon.markObjects(true);
const young = { late: true };
kept.push(young);
const graph = addon.captureHeap([], 600_000);
const holder = graph.path(graph.idOf(young))?.at(-1).edgeName;
const isOld = graph.idOf(kept[0]) <= mark;
const isYoung = graph.idOf(young) > mark;
graph.dispose();
const unlimited = addon.captureHeap([]).nodeCount > 2 * kept.length;
addon.release();
console.log(JSON.stringify({ given, holder, isOld, isYoung, unlimited }));
