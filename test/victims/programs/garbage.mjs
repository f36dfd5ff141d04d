// Functions whose objects go, though not all of them at once. Each export makes a fresh function
// to measure.

/** Objects whose end a registry is told of. */
export function finalized() {
  let ended = 0;
  const registry = new FinalizationRegistry(() => {
    ended++;
  });
  return function registerObject() {
    registry.register({ some: 'object' }, ended);
  };
}

/** Objects whose end a registry is told of between the calls. */
export function finalizedAsync() {
  let ended = 0;
  const registry = new FinalizationRegistry(() => {
    ended++;
  });
  return async function registerObjectAsync() {
    registry.register({ some: 'object' }, { held: ended });
    await null;
  };
}

/** Let go of at the next turn of the event loop. */
export function nextTurn() {
  const waiting = new Set();
  return async function releaseInNextTurn() {
    const row = { some: 'row' };
    waiting.add(row);
    setImmediate(() => waiting.delete(row));
    await null;
  };
}

/** Timers that end by themselves, soon, but after a sync function was measured. */
export function shortTimers() {
  return function startShortTimer() {
    const row = { waits: true };
    setTimeout(() => row, 50);
  };
}

/** Timers that end while more calls are made. */
export function shortTimersAsync() {
  return async function startShortTimerAsync() {
    const row = { waits: true };
    setTimeout(() => row, 400);
  };
}

/** Let go of before the next turn. */
export function nextTick() {
  const waiting = new Set();
  return async function releaseInNextTick() {
    const row = { some: 'row' };
    waiting.add(row);
    process.nextTick(() => waiting.delete(row));
    await null;
  };
}

/** Held by keys of a WeakMap, members of a WeakSet and a WeakRef. */
export function weaklyHeld() {
  const values = new WeakMap();
  const members = new WeakSet();
  const state = { last: undefined };
  return function holdWeakly() {
    const key = { some: 'key' };
    values.set(key, { key });
    members.add(key);
    state.last = new WeakRef(key);
  };
}

/** Rings of objects, which nothing holds. */
export function circularGarbage() {
  return function makeRing() {
    const first = { next: undefined, rows: [] };
    let last = first;
    for (let i = 0; i < 20; i++) last = { next: last, rows: [first] };
    first.next = last;
  };
}

/** A parent that knows its children, which know it; the last one is kept. */
export function lastTree() {
  const state = { tree: undefined };
  return function replaceTree() {
    const tree = { children: [] };
    for (let i = 0; i < 10; i++) tree.children.push({ parent: tree, i });
    state.tree = tree;
  };
}

/** Listeners that are removed, intervals that are cleared. */
export function cleanedUp() {
  const target = new EventTarget();
  return function addAndRemove() {
    const listen = () => {};
    target.addEventListener('change', listen);
    target.removeEventListener('change', listen);
    clearInterval(setInterval(listen, 60_000));
  };
}
