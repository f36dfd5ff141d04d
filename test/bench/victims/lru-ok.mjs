const MOST_ENTRIES = 100;

/** A cache: grows for 100 calls, about 1 KiB each, then no more. */
export const lruOk = {
  name: 'lru-ok',
  leaks: false,
  make() {
    const cache = new Map();
    let next = 0;
    return () => {
      cache.set(next, { key: next, payload: new Array(128).fill(next) });
      next++;
      if (cache.size > MOST_ENTRIES) cache.delete(cache.keys().next().value);
    };
  },
};
