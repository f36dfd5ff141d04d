import { EventEmitter } from 'node:events';

/** One listener, a closure, per call. */
export const listenerLeak = {
  name: 'listener-leak',
  leaks: true,
  make() {
    const emitter = new EventEmitter();
    emitter.setMaxListeners(0);
    return () => {
      emitter.on('x', () => {});
    };
  },
};
