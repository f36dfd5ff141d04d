// Tells listeners what happened.

class EventHub {
  #listeners = new Map();

  /** Returns the function that takes the listener away again. */
  on(type, listener) {
    const listeners = this.#listeners.get(type) ?? new Set();
    this.#listeners.set(type, listeners.add(listener));
    return () => {
      listeners.delete(listener);
    };
  }

  emit(type, event) {
    for (const listener of this.#listeners.get(type) ?? []) listener(event);
  }

  /** A promise of the next event. */
  next(type) {
    return new Promise((resolve) => {
      const off = this.on(type, (event) => {
        off();
        resolve(event);
      });
    });
  }
}

module.exports = { EventHub };
