// Functions that leave something unfinished at every call: promises, timers, listeners,
// sockets. Each export makes a fresh function to measure.

import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter } from 'node:events';
import { createServer } from 'node:net';

/** A reaction, on a promise that never settles. */
export function reactions() {
  const never = new Promise(() => {});
  return function awaitNever() {
    never.then(() => 1);
  };
}

/** The same, at the end of a call that was awaited. */
export function neverSettledAsync() {
  const kept = [];
  return async function keepNeverSettledAsync() {
    await null;
    kept.push(new Promise(() => {}));
  };
}

/** A race against what never settles: the losing reactions stay. */
export function races() {
  const shutdown = new Promise(() => {});
  return async function raceShutdown() {
    await Promise.race([shutdown, Promise.resolve(1)]);
  };
}

async function waitFor(promise) {
  const row = { waits: true };
  await promise;
  return row;
}

/** A function that waits for ever. */
export function suspendedFunctions() {
  const never = new Promise(() => {});
  return function suspendFunction() {
    waitFor(never);
  };
}

function* countUp(from) {
  for (let i = from; ; i++) yield i;
}

/** A generator in the middle of its body. */
export function suspendedGenerators() {
  const kept = [];
  let calls = 0;
  return function suspendGenerator() {
    const counter = countUp(calls++);
    counter.next();
    kept.push(counter);
  };
}

/** A listener for one signal. */
export function signalListeners() {
  const { signal } = new AbortController();
  EventEmitter.setMaxListeners(0, signal);
  return function listenToSignal() {
    signal.addEventListener('abort', () => {});
  };
}

/** An interval that does not keep the process. */
export function intervals() {
  return function startInterval() {
    setInterval(() => {}, 60_000).unref();
  };
}

/** An interval that does. */
export function pendingIntervals() {
  return function startPendingInterval() {
    setInterval(() => {}, 60_000);
  };
}

/** A timer that is set anew whenever it fires. */
export function pollers() {
  return async function startPoller() {
    const poll = () => {
      setTimeout(poll, 50).unref();
    };
    poll();
  };
}

/** A timer that nobody clears, of a time that outlasts any run. */
export function longTimers() {
  return function startLongTimer() {
    setTimeout(() => {}, 60_000);
  };
}

/** A server that listens. */
export function servers() {
  return async function openServer() {
    const server = createServer();
    await new Promise((resolve) => {
      server.listen(0, '127.0.0.1', resolve);
    });
    server.unref();
  };
}

/** Two ports of a channel that nobody closes. */
export function channels() {
  return function openChannel() {
    const { port1 } = new MessageChannel();
    port1.on('message', () => {});
    port1.unref();
  };
}

/** The store of a context in which something waits. */
export function contextStores() {
  const storage = new AsyncLocalStorage();
  let calls = 0;
  return function waitInContext() {
    storage.run({ calls: calls++ }, () => {
      setTimeout(() => {}, 1_000_000_000).unref();
    });
  };
}
