// Asks the heap about objects with known holders and known sizes, and prints the answers as JSON.
//
//   node run-heap.mjs retainers | locals | sizes | diff | collectable | mistakes

import { writeSync } from 'node:fs';
import {
  captureHeap,
  classHistogram,
  heapDiff,
  matchers,
  retainersOf,
  sizeOf,
} from '@highwater/core';
import { holders, releasers, Session } from './holders.mjs';

/** In a frame that is left: only the holder has the object then. */
function hold(name) {
  const session = new Session();
  holders[name](session);
  return new WeakRef(session);
}

function retainers() {
  return Object.fromEntries(
    Object.keys(holders).map((name) => [name, retainersOf(hold(name).deref())]),
  );
}

let other;
let mine;

function share() {
  const shared = { store: new ArrayBuffer(64 * 1024) };
  mine = { shared, own: [1.5, 2.5, 3.5] };
  other = { shared };
}

function sizes() {
  share();
  const sharing = sizeOf(mine);
  other = undefined;
  return {
    sharing,
    alone: sizeOf(mine),
    sameAgain: sizeOf(mine),
    array: sizeOf([1.5, 2.5, 3.5]),
    buffer: sizeOf(new ArrayBuffer(64 * 1024)),
    view: sizeOf(new Uint8Array(64 * 1024)),
    holder: sizeOf({ bytes: new Uint8Array(64 * 1024) }),
    fn: sizeOf(() => 1),
    session: sizeOf(new Session()),
    unused: other,
  };
}

function mistakes() {
  const tryTo = (fn) => {
    try {
      fn();
      return 'no error';
    } catch (error) {
      return `${error.name} ${error.code}: ${error.message}`;
    }
  };
  return [
    tryTo(() => sizeOf('text')),
    tryTo(() => sizeOf(undefined)),
    tryTo(() => retainersOf(1)),
    tryTo(() => retainersOf({}, { limit: 0 })),
    tryTo(() => retainersOf({}, { most: 1 })),
    tryTo(() => heapDiff(captureHeap())),
    tryTo(() => heapDiff(captureHeap(), captureHeap(), { internals: 1 })),
    tryTo(() => matchers.toNotLeak.call({}, () => captureHeap())),
  ];
}

function locals() {
  const cache = { last: new Session() };
  return {
    // Nothing but a local variable has it.
    none: retainersOf(new Session()),
    // A local variable's object has it.
    some: retainersOf(cache.last),
    again: retainersOf(cache.last, { limit: 1 }).length,
  };
}

let kept = [];

function makeSessions(count) {
  kept = Array.from({ length: count }, () => new Session());
}

function diff() {
  const first = captureHeap();
  const same = heapDiff(first, captureHeap());
  const before = captureHeap();
  makeSessions(1_000);
  const full = captureHeap();
  kept = [];
  const after = captureHeap();
  return {
    same,
    grown: heapDiff(before, full),
    shrunk: heapDiff(full, after),
    histogram: classHistogram().slice(0, 10),
    left: kept.length,
  };
}

/** Each holder with an object that it has just been given. */
const failing = Object.fromEntries(
  Object.keys(holders).map((name) => [
    name,
    function makeHeld() {
      const session = new Session();
      holders[name](session);
      return session;
    },
  ]),
);

async function collectable() {
  const verdicts = {};
  for (const [name, fn] of Object.entries({ ...releasers, ...failing })) {
    const { pass, message } = await matchers.toBeCollectable.call({}, fn);
    verdicts[name] = { pass, message: message() };
  }
  return verdicts;
}

const actions = { retainers, sizes, diff, collectable, mistakes, locals };
const answer = await actions[process.argv[2]]();
writeSync(1, `${JSON.stringify(answer)}\n`);
process.exit(0);
