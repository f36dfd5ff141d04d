const OBJECTS = 20_000;

/** About 1.5 MB of short-lived objects per call; keeps nothing. */
export const garbageOk = {
  name: 'garbage-ok',
  leaks: false,
  make() {
    let sink = 0;
    return () => {
      const objects = [];
      for (let i = 0; i < OBJECTS; i++) objects.push({ i, text: `v${i}` });
      sink = (sink + objects.length) | 0;
    };
  },
};
