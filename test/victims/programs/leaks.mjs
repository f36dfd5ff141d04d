// Functions that keep something at every call. Each export makes a fresh function to
// measure. Where bytes are to be exact, what is kept goes into slots that exist already:
// a growing array or table would add its own, in steps.

import { EventEmitter } from 'node:events';

const SLOTS = 100_000;

function makeSlots() {
  return new Array(SLOTS).fill(null);
}

/** One number that is no small integer: an object of 16 bytes. */
export function number() {
  const kept = makeSlots();
  let next = 0;
  return function keepNumber() {
    kept[next] = next + 0.5;
    next++;
  };
}

/** One object of one property, in a linked list. */
export function listNode() {
  let head = null;
  return function keepListNode() {
    head = { next: head };
  };
}

/** One closure, without a context of its own. */
export function closure() {
  const kept = makeSlots();
  let next = 0;
  return function keepClosure() {
    kept[next++] = () => {};
  };
}

/** One closure, as the only listener of an emitter that was there before. */
export function listener() {
  const emitters = Array.from({ length: 10_000 }, () => new EventEmitter());
  let next = 0;
  return function keepListener() {
    emitters[next++].on('change', () => {});
  };
}

/** One closure, in the growing list of one emitter. */
export function listenerInList() {
  const emitter = new EventEmitter();
  emitter.setMaxListeners(0);
  return function keepListenerInList() {
    emitter.on('change', () => {});
  };
}

/** One number of 16 bytes in a table that has room for it. */
export function mapEntry() {
  const kept = new Map();
  // The table has 131,072 places after this.
  for (let i = -70_000; i < 0; i++) kept.set(i, 0);
  let next = 0;
  return function keepMapEntry() {
    kept.set(next, next + 0.5);
    next++;
  };
}

/** No object at all: only the map's table grows. */
export function growingMap() {
  const kept = new Map();
  let next = 0;
  return function keepPlainEntry() {
    kept.set(next, next);
    next++;
  };
}

/** One promise; nothing else refers to what its executor was given. */
export function promise() {
  const kept = makeSlots();
  let next = 0;
  return function keepPromise() {
    kept[next++] = new Promise(() => {});
  };
}

/** One timer: Node's object for it, and the callback. */
export function timer() {
  return function keepTimer() {
    setTimeout(() => {}, 1_000_000_000);
  };
}
