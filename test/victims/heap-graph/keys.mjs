// Counts the keys of objects that are known by their ids, hostile ones among them: none of their code may run.

import native from '@highwater/native';

const state = { ran: 0 };
const note = () => {
  state.ran++;
};
const numbered = {};
for (let i = 0; i < 1_000; i++) numbered[i] = i;
const far = Object.create(null);
for (let i = 0; i < 1_000; i++) far[i * 7_919] = i;
const traps = {
  ownKeys: () => {
    note();
    return [];
  },
};
const subjects = {
  empty: {},
  numbered,
  far,
  mixed: { a: 1, 1: 2, [Symbol('s')]: 3 },
  hidden: Object.defineProperty({}, 'hidden', { value: 1 }),
  getter: {
    get value() {
      note();
      return 1;
    },
  },
  proxy: new Proxy({ a: 1 }, traps),
};

const addon = native.loadNative();
if (!addon.acquire()) throw new Error('somebody else measures');
addon.markObjects();
const graph = addon.captureHeap([]);
const ids = Object.entries(subjects).map(([name, object]) => [name, graph.idOf(object)]);
const counts = Object.fromEntries(ids.map(([name, id]) => [name, addon.ownKeyCount(id)]));
console.log(
  JSON.stringify({
    ...counts,
    unknown: addon.ownKeyCount(4_000_000_001),
    ran: state.ran,
  }),
);
addon.release();
