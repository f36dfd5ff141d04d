const { LruCache } = require('../src/lru-cache.js');

describe('LruCache', () => {
  test('stops growing when it is full', () => {
    const cache = new LruCache(100);
    let key = 0;
    expect(() => cache.set(key++, { loaded: true })).toNotLeak();
    expect(cache.size).toBe(100);
  });

  test('allocates nothing to miss a value', () => {
    const cache = new LruCache(2);
    expect(() => cache.get('gone')).toAllocateFewerThan(1);
  });
});
