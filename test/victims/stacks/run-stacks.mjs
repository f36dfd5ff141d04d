// Allocates along many kinds of stacks, each in a function of its own, and prints which function the addon
// says asked for how many stores.
//
//   node run-stacks.mjs

import vm from 'node:vm';
import { loadNative } from '../../../native/index.cjs';

const ROUNDS = 100;
/** Far above what else is allocated. */
const SIZE = 1_000_000;

/** How a function comes to be called: straight, through V8's builtins, its runtime, or the event loop. */
const WAYS = {
  straight: (fn) => fn(),
  deep: (fn) => descend(fn, 60),
  map: (fn) => [0].map(() => fn()),
  sort: (fn) => [2, 1].sort(() => fn()),
  replace: (fn) => 'x'.replace(/x/, () => fn()),
  reviver: (fn) => JSON.parse('{}', () => fn()),
  apply: (fn) => Reflect.apply(fn, undefined, []),
  construct: (fn) => Reflect.construct(fn, []),
  proxy: (fn) => new Proxy({}, { get: () => fn() }).name,
  getter: (fn) => Object.defineProperty({}, 'name', { get: fn }).name,
  generator: (fn) => [...generate(fn)],
  valueOf: (fn) => +{ valueOf: () => fn() },
  spread: (fn) => Math.max(...[fn()]),
  microtask: (fn) => Promise.resolve().then(fn),
  turn: (fn) => new Promise((resolve) => setImmediate(() => resolve(fn()))),
};

function descend(fn, levels) {
  return levels === 0 ? fn() : descend(fn, levels - 1);
}

function* generate(fn) {
  yield fn();
}

/** One line that makes two stores and one that makes one, in a function of the given name. */
function allocatorOf(name) {
  const source = `(function ${name}() {
    [new ArrayBuffer(${SIZE}), new ArrayBuffer(${SIZE})];
    new ArrayBuffer(${SIZE});
    return 1;
  })`;
  return new vm.Script(source, { filename: '/stacks.js' }).runInThisContext();
}

const allocators = Object.entries(WAYS).map(([name, way]) => [
  way,
  allocatorOf(`by_${name}`),
]);

async function work(rounds) {
  for (let i = 0; i < rounds; i++) {
    for (const [way, fn] of allocators) await way(fn);
  }
}

await work(3);
const addon = loadNative();
addon.acquire();
addon.pinTier();
addon.startNative('stacks', 16, false, false);
await work(ROUNDS);
const { allocatedCount } = addon.readNative();
addon.readNativeSites('allocated');
const { nodes, bytes, askedCount, mistakenCount } = addon.stopNative();
addon.release();

/** `by_sort:2` -> stores */
const stores = {};
for (let [node, sum] of bytes[0].entries()) {
  while (node > 0 && !nodes[node].functionName.startsWith('by_'))
    node = nodes[node].parent;
  if (node === 0 || sum < SIZE) continue;
  const { functionName, line } = nodes[node];
  const site = `${functionName}:${line}`;
  // Beside each store some hundred bytes, a small part of one in all.
  stores[site] = (stores[site] ?? 0) + Math.floor(sum / SIZE);
}
console.log(
  JSON.stringify({
    ways: Object.keys(WAYS),
    rounds: ROUNDS,
    stores,
    allocatedCount,
    askedCount,
    mistakenCount,
  }),
);
