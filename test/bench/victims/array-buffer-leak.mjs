const SLOTS = 200_000;

/** 64 KiB outside V8's heap per call. */
export const arrayBufferLeak = {
  name: 'array-buffer-leak',
  leaks: true,
  make() {
    const kept = new Array(SLOTS).fill(null);
    let next = 0;
    return () => {
      kept[next++] = new ArrayBuffer(64 * 1024);
    };
  },
};
