// Functions that keep nothing for good, although a heap may look otherwise. Each export
// makes a fresh function to measure.

/** 20,000 objects per call. */
export function heavyGarbage() {
  return function makeRows() {
    const rows = [];
    for (let i = 0; i < 20_000; i++) rows.push({ i });
    return rows.length;
  };
}

/** A cache of 100 entries of 1 kB. */
export function lruCache() {
  const cache = new Map();
  let key = 0;
  return function remember() {
    cache.set(key, { key, payload: new Array(128).fill(key) });
    key++;
    if (cache.size > 100) cache.delete(cache.keys().next().value);
  };
}

/** 50 functions, each compiled at its first call. */
export function lazyFunctions() {
  const source = Array.from({ length: 50 }, (_, index) => {
    const body = Array.from(
      { length: 40 },
      (_, step) =>
        `if (x > ${index * 100 + step}) r = r * ${step + 1} + { a${step}: r }.a${step}; else r -= ${step};`,
    );
    return `function f${index}(x) { let r = x; ${body.join('\n')} return r; }`;
  });
  const names = source.map((_, index) => `f${index}`);
  const functions = new Function(`${source.join('\n')}\nreturn [${names}];`)();
  let calls = 0;
  return function callNext() {
    return functions[calls++ % functions.length](calls);
  };
}

/** 40 patterns, compiled and recompiled as their results and subjects demand. */
export function regularExpressions() {
  let calls = 0;
  return function matchNext() {
    calls++;
    const pattern = new RegExp(`(a{${calls % 40}})(?<rest>b+)`, 'g');
    return 'aaaabbb'.repeat(calls % 7).replace(pattern, '$<rest>');
  };
}

function failAt(depth) {
  if (depth === 0) return new Error('expected').stack;
  return failAt(depth - 1);
}

/** The stack of an error, from different depths. */
export function errorStacks() {
  let calls = 0;
  return function readStack() {
    return failAt(calls++ % 8).length;
  };
}

/** A short timer awaited, a long one cancelled. */
export function asyncTimers() {
  return async function waitShortly() {
    const long = setTimeout(() => {}, 60_000);
    await new Promise((resolve) => {
      setTimeout(resolve, 1);
    });
    clearTimeout(long);
  };
}
