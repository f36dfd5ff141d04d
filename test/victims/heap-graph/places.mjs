// Prints where the addon says that a function begins.

import native from '@highwater/native';

export function beginsHere() {
  return 1;
}

const addon = native.loadNative();
addon.acquire();
const graph = addon.captureHeap([]);
const { place } = graph.node(graph.idOf(beginsHere));
console.log(JSON.stringify({ places: [place] }));
addon.release();
