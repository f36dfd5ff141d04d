const SLOTS = 200_000;

/** One boxed number of 16 bytes per call and nothing else: the array is long enough before. */
export const tinyLeak = {
  name: 'tiny-leak',
  leaks: true,
  make() {
    const slots = new Array(SLOTS).fill(null);
    let next = 0;
    return () => {
      slots[next] = next + 0.5;
      next++;
    };
  },
};
