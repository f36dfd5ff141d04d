// These tests fail on purpose: they show what a failure looks like.

const { LruCache } = require('../src/lru-cache.js');

test('stops growing when it is full', () => {
  const cache = new LruCache(Infinity);
  let key = 0;
  expect(() => cache.set(key++, { loaded: true })).toNotLeak({ timeoutMs: 20_000 });
});
