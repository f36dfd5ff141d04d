// What V8's heap statistics don't show: the stores of ArrayBuffers.

/** Bytes of the ArrayBuffer stores of this thread's isolate. */
export function arrayBufferBytes(): number {
  return process.memoryUsage().arrayBuffers;
}
