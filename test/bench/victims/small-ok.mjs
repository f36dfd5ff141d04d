const TEXT = '{ "user": { "id": 7, "tags": ["a", "b"] } }';

/** A small clean function, the usual guest of a test: the aims are about it. */
export const smallOk = {
  name: 'small-ok',
  leaks: false,
  make: () => () => JSON.parse(TEXT).user.tags.length,
};
