// Ways to hold an object, one function each; what holds it has a name that the tests know.

import { EventEmitter } from 'node:events';

export class Session {
  id = 118;
}

const sessions = new Map();
const open = new Set();
const bus = new EventEmitter();
const meta = new WeakMap();
const owner = { name: 'ada' };
const list = [];
const target = new EventTarget();
const never = new Promise(() => {});
const registry = new FinalizationRegistry(() => {});
const weakSessions = new Map();
let current;
let keepClosure;
export let exported;

class Vault {
  #secret;
  keep(session) {
    this.#secret = session;
  }
  isFull() {
    return this.#secret !== undefined;
  }
}
const vault = new Vault();

/** Each takes the object and holds it. */
export const holders = {
  mapEntry: (session) => sessions.set('id-118', session),
  setEntry: (session) => open.add(session),
  moduleVariable: (session) => {
    current = session;
  },
  moduleExport: (session) => {
    exported = session;
  },
  closureVariable: (session) => {
    const kept = session;
    keepClosure = function readKept() {
      return kept;
    };
  },
  element: (session) => list.push({ session }),
  privateField: (session) => vault.keep(session),
  global: (session) => {
    globalThis.leakedSession = session;
  },
  listener: (session) => {
    bus.on('data', function onData() {
      return session;
    });
    bus.on('data', () => 1);
  },
  onceListener: (session) => bus.once('end', () => session),
  targetListener: (session) => {
    target.addEventListener('abort', function onAbort() {
      return session;
    });
  },
  interval: (session) => {
    setInterval(function poll() {
      return session;
    }, 60_000);
  },
  promiseReaction: (session) => {
    never.then(function later() {
      return session;
    });
  },
  awaiting: (session) => {
    waitFor(session);
  },
  weakMapValue: (session) => meta.set(owner, session),
};

async function waitFor(session) {
  await never;
  return session;
}

/** Each returns what nothing holds for good. */
export const releasers = {
  nothing: () => new Session(),
  cycle: () => {
    const session = new Session();
    session.self = { session };
    return session;
  },
  closure: () => {
    const session = new Session();
    return () => session;
  },
  weakCache: () => {
    const session = new Session();
    weakSessions.set('id-118', new WeakRef(session));
    registry.register(session, 'id-118');
    return session;
  },
  weakMapKey: () => {
    const session = new Session();
    meta.set(session, { session });
    return session;
  },
  nextTick: () => {
    const session = new Session();
    process.nextTick(() => session.id);
    return session;
  },
  microtask: () => {
    const session = new Session();
    Promise.resolve().then(() => session.id);
    return session;
  },
  immediate: () => {
    const session = new Session();
    setImmediate(() => session.id);
    return session;
  },
  shortTimer: () => {
    const session = new Session();
    setTimeout(() => session.id, 30);
    return session;
  },
  removedListener: () => {
    const session = new Session();
    const onData = () => session;
    bus.on('other', onData);
    bus.off('other', onData);
    return session;
  },
  clearedTimer: () => {
    const session = new Session();
    clearTimeout(setTimeout(() => session, 60_000));
    return session;
  },
  asyncFunction: async () => {
    await null;
    return new Session();
  },
  // biome-ignore lint/suspicious/noThenProperty: a thenable that is no promise
  thenable: () => ({ then: (resolve) => resolve(new Session()) }),
  generator: () => {
    const walk = (function* () {
      const session = new Session();
      yield session;
      yield session;
    })();
    return walk.next().value;
  },
};

/** So that nobody calls them unused. */
export function held() {
  return [keepClosure?.(), current, vault.isFull(), open.size, list.length, registry];
}
