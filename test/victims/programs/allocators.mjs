// Functions that allocate a known amount and keep none of it. Each export makes a fresh
// function to measure.

export function empty() {
  return function doNothing() {};
}

/** 1,000 objects of two properties. */
export function points() {
  return function makePoints() {
    let sum = 0;
    for (let i = 0; i < 1_000; i++) {
      const point = { x: i, y: i };
      sum += point.x + point.y;
    }
    return sum;
  };
}

/** 10,000 arrays; V8 gives each an object for its elements: 20,000 objects. */
export function pairs() {
  return function makePairs() {
    let sum = 0;
    for (let i = 0; i < 10_000; i++) {
      const pair = [i, i];
      sum += pair.length;
    }
    return sum;
  };
}

function counterFrom(start) {
  return () => start;
}

/** 5,000 closures, each with the context that holds what it captures: 10,000 objects. */
export function closures() {
  return function makeClosures() {
    let sum = 0;
    for (let i = 0; i < 5_000; i++) sum += counterFrom(i)();
    return sum;
  };
}

/** 1,000 strings: from 13 characters on, V8 makes one object of two halves. */
export function strings() {
  const letters = 'abcdefghijklmnopqrstuvwxyz';
  return function concatenate() {
    let text = 'a string that is long';
    for (let i = 0; i < 1_000; i++) text += letters[i % 26];
    return text.length;
  };
}

/** A map and its tables of 4, 8, 16, ... 1,024 entries: 10 objects. */
export function mapEntries() {
  return function fillMap() {
    const map = new Map();
    for (let i = 0; i < 1_000; i++) map.set(i, i);
    return map.size;
  };
}

/** A class of its own for each call: hidden classes, which V8 does not put among young objects. */
export function classes() {
  return function makeClass() {
    class Local {
      constructor() {
        this.x = 1;
      }
      get y() {
        return 1;
      }
    }
    return new Local();
  };
}

/** An object that others have as their prototype. */
export function prototypes() {
  return function makePrototype() {
    const prototype = {
      first: 1,
      read() {
        return this.x;
      },
    };
    const instance = Object.create(prototype);
    instance.x = 1;
    return instance.read();
  };
}

/** Two properties with accessors. */
export function accessors() {
  return function defineAccessors() {
    const object = {};
    Object.defineProperty(object, 'first', { get: () => 1, configurable: true });
    Object.defineProperty(object, 'second', { get: () => 2 });
    return object;
  };
}

/** A proxy that is revoked. */
export function proxies() {
  return function makeProxy() {
    const { proxy, revoke } = Proxy.revocable({ first: [1] }, {});
    const { first } = proxy;
    revoke();
    return first;
  };
}

class Tagged {
  constructor(id) {
    this.id = id;
    this.tags = [id, id];
  }
}

/** 1,000 instances, their arrays and the arrays' elements: 3,000 objects. */
export function instances() {
  return function makeInstances() {
    let sum = 0;
    for (let i = 0; i < 1_000; i++) sum += new Tagged(i).tags.length;
    return sum;
  };
}

function makeDocument(bytes) {
  const records = [];
  for (let length = 2, id = 0; length < bytes; id++) {
    const record = {
      id,
      name: `record number ${id}`,
      price: id + 0.25,
      tags: ['first', `tag ${id % 50}`],
      nested: { isActive: id % 2 === 0, parent: null },
    };
    records.push(record);
    length += JSON.stringify(record).length + 1;
  }
  return JSON.stringify(records);
}

/** A document of 1 MB. */
export function jsonDocument() {
  const document = makeDocument(1_000_000);
  return function parseDocument() {
    return JSON.parse(document).length;
  };
}

function* range(end) {
  for (let i = 0; i < end; i++) yield i;
}

function* map(items, change) {
  for (const item of items) yield change(item);
}

function* filter(items, isWanted) {
  for (const item of items) if (isWanted(item)) yield item;
}

/** 1,000 items through three generators. */
export function generators() {
  return function runPipeline() {
    let sum = 0;
    const doubled = map(range(1_000), (item) => item * 2);
    for (const item of filter(doubled, (item) => item % 3 === 0)) sum += item;
    return sum;
  };
}

async function increment(value) {
  return value + 1;
}

/** 1,000 async calls, awaited one after another. */
export function asyncChain() {
  return async function runChain() {
    let value = 0;
    for (let i = 0; i < 1_000; i++) value = await increment(value);
    return value;
  };
}
