// Leaks 100 objects in each of many ways, 50 before a scavenge and 50 after, and prints what the addon says about them:
// by the class of what leaked.

import { EventEmitter } from 'node:events';
import native from '@highwater/native';
import common from './common.cjs';

const CALLS = 50;

class InArray {}
class InDictionary {}
class MapKey {}
class MapValue {
  used = 1;
}
class InSet {}
class WeakKey {}
class WeakValue {}
class Captured {}
class HeldByListener {}
class HeldByReaction {}
class Link {
  constructor(next) {
    this.next = next;
  }
}
class InPrivateField {}
class InStaticField {}
class InExport {}
class Whole {
  part = new Part();
}
class Part {
  size = 2;
}
class InGlobal {}

const array = [];
const dictionary = {};
const objectMap = new Map();
const textMap = new Map();
const set = new Set();
const weakMap = new WeakMap();
const weakKeys = [];
const closures = [];
const emitter = new EventEmitter().setMaxListeners(0);
const promise = new Promise(() => {});
const list = { head: undefined };
class Vault {
  #secrets = [];
  static shelf = [];
  fill() {
    this.#secrets.push(new InPrivateField());
    Vault.shelf.push(new InStaticField());
  }
}
const vault = new Vault();
export const exported = [];
const wholes = [];
const buffers = [];
const texts = [];
const small = [];
const log = { text: '' };
const smallMap = new Map();
globalThis.everywhere = [];

function capture() {
  const captured = new Captured();
  return () => captured;
}

function listen() {
  const held = new HeldByListener();
  emitter.on('event', function onEvent() {
    return held;
  });
}

function react() {
  const held = new HeldByReaction();
  promise.then(function onResult() {
    return held;
  });
}

let calls = 0;
const shapes = {
  array: () => array.push(new InArray()),
  dictionary: () => {
    dictionary[`key ${calls}`] = new InDictionary();
  },
  objectMap: () => objectMap.set(new MapKey(), new MapValue()),
  set: () => set.add(new InSet()),
  weakMap: () => {
    const key = new WeakKey();
    weakKeys.push(key);
    weakMap.set(key, new WeakValue());
  },
  closures: () => closures.push(capture()),
  listeners: listen,
  timers: () => setTimeout(() => {}, 1e6),
  reactions: react,
  list: () => {
    list.head = new Link(list.head);
  },
  vault: () => vault.fill(),
  module: () => exported.push(new InExport()),
  common: () => common.keep(),
  wholes: () => wholes.push(new Whole()),
  buffers: () => buffers.push(new ArrayBuffer(10_000)),
  texts: () => texts.push(`${calls}`.padEnd(1_000)),
  global: () => globalThis.everywhere.push(new InGlobal()),
  textMap: () => textMap.set(`key ${calls}`, { only: 'here', in: 'a map' }),
  // Nothing new to see but room.
  small: () => {
    for (let i = 0; i < 100; i++) small.push(i);
  },
  smallMap: () => {
    for (let i = 0; i < 10; i++) smallMap.set(calls * 10 + i, i);
  },
  log: () => {
    log.text += 'one line of a log that is never read\n';
  },
};

function run() {
  for (let call = 0; call < CALLS; call++) {
    calls++;
    for (const leak of Object.values(shapes)) leak();
  }
}

const addon = native.loadNative();
run();
if (!addon.acquire()) throw new Error('somebody else measures');
const mark = addon.markObjects();
run();
addon.collectGarbage('minor');
run();
const graph = addon.captureHeap([]);
const groups = graph.survivors([mark], CALLS);
const stores = graph.grownStores(mark, 50);

const step = ({ edgeType, edgeName, node, key }) =>
  `${edgeType} ${edgeName.replace(/@\d+/g, '@')} -> ${node.type} ${node.name.replace(/\d+$/, '#')}${key ? ` (${key.name})` : ''}`;
console.log(
  JSON.stringify({
    groups: groups.map(({ path, ...group }) => ({
      ...group,
      // From the holder on.
      path: path.slice(group.firstNew - 1).map(step),
    })),
    stores: stores.map(({ storeBytes, path }) => ({
      storeBytes,
      path: path.slice(-2).map(step),
    })),
  }),
);
// The timers would keep it.
process.exit(0);
