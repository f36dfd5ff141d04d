// The heap that is analysed: so many nodes, held by one list.

/** What one item is made of: three objects, two tables, and a text for most. */
const NODES_PER_ITEM = 5;

/** What a Node that does nothing has. */
const OTHER_NODES = 45_000;

class Item {
  constructor(index) {
    this.index = index;
    this.name = { first: index, last: `n${index}` };
    this.list = [index];
  }
}

/** @param {number} nodes how many the heap is to have, those of a Node that does nothing included */
export function makeItems(nodes) {
  globalThis.items = [];
  for (let i = 0; i < (nodes - OTHER_NODES) / NODES_PER_ITEM; i++) {
    globalThis.items.push(new Item(i));
  }
}
