// Functions that add to a collection at every call, most of them without a new object: only
// the collection's own store grows, in steps. Each export makes a fresh function to measure.

const MANY = 100_000;

/** A small integer, in an array that was empty. */
export function growingArray() {
  const kept = [];
  let next = 0;
  return function keepInteger() {
    kept.push(next++ % 1_000);
  };
}

/** A small integer, in an array that had 100,000. */
export function growingLongArray() {
  const kept = Array.from({ length: MANY }, (_, index) => index);
  let next = 0;
  return function keepIntegerBehindMany() {
    kept.push(next++ % 1_000);
  };
}

/** A number, in an array of numbers without objects of their own. */
export function growingArrayOfNumbers() {
  const kept = [0.5];
  let next = 0;
  return function keepNumberInArray() {
    kept.push(next++ + 0.5);
  };
}

/** A number under a number, beside 100,000 that were there. */
export function growingLargeMap() {
  const kept = new Map();
  for (let i = 1; i <= MANY; i++) kept.set(-i, i);
  let next = 0;
  return function keepEntryBesideMany() {
    kept.set(next, next);
    next++;
  };
}

/** A small integer. */
export function growingSet() {
  const kept = new Set();
  let next = 0;
  return function keepMember() {
    kept.add(next++);
  };
}

/** A number under a new name in a plain object. */
export function growingDictionary() {
  const kept = {};
  let next = 0;
  return function keepName() {
    kept[`name-${next}`] = next;
    next++;
  };
}

/** A number under a number in a plain object. */
export function growingDictionaryOfIndices() {
  const kept = {};
  let next = 0;
  return function keepIndex() {
    kept[next * 1_000] = next;
    next++;
  };
}

/** A result under every number that was asked for, in a plain object. */
export function growingTable() {
  const results = {};
  let next = 0;
  return function rememberResult() {
    const asked = next++;
    results[asked] ??= asked % 7;
    return results[asked];
  };
}

/** The same, awaited. */
export function growingTableAsync() {
  const remember = growingTable();
  return async function rememberResultAsync() {
    remember();
  };
}

/** Far apart in an array, which V8 makes a dictionary for. */
export function sparseArray() {
  const kept = [];
  let next = 0;
  return function keepFarApart() {
    kept[next * 1_000] = next;
    next++;
  };
}

/** More text, in ever the same string. */
export function growingString() {
  const log = { text: '' };
  let next = 0;
  return function appendText() {
    log.text += `call ${next++}\n`;
  };
}

/** An object at every tenth call. */
export function everyTenth() {
  const kept = [];
  let calls = 0;
  return function keepEveryTenth() {
    if (calls++ % 10 === 0) kept.push({ calls });
  };
}

/** An object at every 25th call. */
export function everyTwentyFifth() {
  const kept = [];
  let calls = 0;
  return function keepEveryTwentyFifth() {
    if (calls++ % 25 === 0) kept.push({ calls });
  };
}

/** Objects that refer to each other, the latest held by a root. */
export function circularStructures() {
  const ring = { first: undefined };
  ring.first = { next: undefined, previous: undefined };
  ring.first.next = ring.first;
  ring.first.previous = ring.first;
  return function joinRing() {
    const joined = { next: ring.first.next, previous: ring.first };
    ring.first.next.previous = joined;
    ring.first.next = joined;
  };
}

/** A closure under a number. */
export function closureInMap() {
  const kept = new Map();
  let calls = 0;
  return function keepClosureInMap() {
    const call = calls++;
    kept.set(call, () => call);
  };
}

/** A closure, and with it the array that it reads. */
export function closuresOverArrays() {
  const kept = [];
  return function keepClosureOverArray() {
    const rows = new Array(1_000).fill(0);
    kept.push(() => rows.length);
  };
}

/** Under new symbols. */
export function symbolProperties() {
  const kept = {};
  let calls = 0;
  return function keepUnderSymbol() {
    kept[Symbol('call')] = { calls: calls++ };
  };
}

class Registry {
  static entries = [];
  #records = [];
  static remember(entry) {
    Registry.entries.push(entry);
  }
  record(entry) {
    this.#records.push(entry);
  }
  get size() {
    return this.#records.length;
  }
}

/** In a static field. */
export function staticField() {
  let calls = 0;
  return function keepInStaticField() {
    Registry.remember({ calls: calls++ });
  };
}

/** In a private field. */
export function privateField() {
  const registry = new Registry();
  let calls = 0;
  return function keepInPrivateField() {
    registry.record({ calls: calls++ });
  };
}

/** One record a call, beside a full cache of 1,000 whose entries are replaced. */
export function besideFullCache() {
  const kept = [];
  const cache = new Map();
  let calls = 0;
  return function keepBesideFullCache() {
    kept.push({ id: calls });
    cache.set(calls, { calls });
    if (++calls > 1_000) cache.delete(calls - 1_001);
  };
}

/** 1 MB of V8's heap a call. */
export function largeArrays() {
  const kept = [];
  return function keepLargeArray() {
    kept.push(new Array(125_000).fill(0));
  };
}
