// Functions that keep what Node or V8's builtins allocate. Each export makes a fresh function
// to measure.

import { statSync } from 'node:fs';

/** A URL, whose parts Node holds outside the user's own objects. */
export function urls() {
  const kept = [];
  let calls = 0;
  return function keepUrl() {
    kept.push(new URL(`https://example.com/${calls++}`));
  };
}

/** What the file system said. */
export function fileStats() {
  const kept = [];
  return function keepStats() {
    kept.push(statSync('/'));
  };
}

/** A number format, most of which is outside V8's heap. */
export function numberFormats() {
  const kept = [];
  return function keepNumberFormat() {
    kept.push(new Intl.NumberFormat('en'));
  };
}

/** A copy, which a builtin made. */
export function structuredClones() {
  const kept = [];
  const original = { name: 'ada', list: [1, 2, 3] };
  return function keepClone() {
    kept.push(structuredClone(original));
  };
}

/** What a pattern matched. */
export function matches() {
  const kept = [];
  let calls = 0;
  return function keepMatch() {
    kept.push(/(?<word>[a-z]+)-(\d+)/.exec(`call-${calls++}`));
  };
}

/** What JSON held. */
export function parsedJson() {
  const kept = [];
  return function keepParsed() {
    kept.push(JSON.parse('{"rows":[{"id":1},{"id":2}]}'));
  };
}

/** An error with its stack. */
export function errors() {
  const kept = [];
  return function keepError() {
    kept.push(new Error('expected'));
  };
}

/** 64 KiB outside V8's heap. */
export function arrayBuffers() {
  const kept = [];
  return function keepArrayBuffer() {
    kept.push(new ArrayBuffer(64 * 1024));
  };
}

/** 32 numbers, on V8's heap or outside it as V8 likes. */
export function typedArrays() {
  const kept = [];
  return function keepTypedArray() {
    kept.push(new Float64Array(32));
  };
}

/** A small Buffer, which keeps the whole pool that it is cut from. */
export function pooledBuffers() {
  const kept = [];
  return function keepBuffer() {
    kept.push(Buffer.from('some text of a call'));
  };
}

/** Values that refer to their keys, in a WeakMap, by way of an older object. */
export function weakMapValues() {
  const values = new WeakMap();
  const keys = [];
  return function keepKey() {
    const key = {};
    values.set(key, { key });
    keys.push(key);
  };
}

/** Referred to weakly, and by an array. */
export function weakRefs() {
  const references = [];
  const targets = [];
  return function keepTarget() {
    const target = { some: 'target' };
    references.push(new WeakRef(target));
    targets.push(target);
  };
}

/** What is to be told when something goes that never does. */
export function heldValues() {
  const registry = new FinalizationRegistry(() => {});
  const target = {};
  return function keepHeldValue() {
    registry.register(target, { some: 'held value' });
  };
}

/** 1 MB outside of V8's heap a call. */
export function largeBuffers() {
  const kept = [];
  return function keepLargeBuffer() {
    kept.push(Buffer.alloc(1_000_000, 1));
  };
}
