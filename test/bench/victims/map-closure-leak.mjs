/** One closure with its context per call, kept in a Map. */
export const mapClosureLeak = {
  name: 'map-closure-leak',
  leaks: true,
  make() {
    const kept = new Map();
    let calls = 0;
    return () => {
      const call = calls++;
      kept.set(call, () => call);
    };
  },
};
