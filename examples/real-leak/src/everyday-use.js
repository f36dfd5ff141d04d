// What people did with two packages when they met the leaks that were fixed later.

/**
 * eventemitter2 6.4.2: `waitFor` leaves its listener on the emitter after the event has come
 * (EventEmitter2/EventEmitter2#262, fixed in 6.4.3).
 */
export function waitingForAnEvent(EventEmitter2) {
  const emitter = new EventEmitter2();
  let id = 0;
  return async function ask() {
    const reply = `reply ${++id}`;
    const answer = emitter.waitFor(reply);
    emitter.emit(reply, 'yes');
    await answer;
  };
}

/**
 * p-queue 2.3.0: every `onIdle` keeps the resolver of the one before
 * (sindresorhus/p-queue#20, fixed in 2.3.1).
 */
export function waitingForAnIdleQueue(PQueue) {
  const queue = new PQueue({ concurrency: 2 });
  return async function drain() {
    queue.add(async () => 'first');
    queue.add(async () => 'second');
    await queue.onIdle();
  };
}
