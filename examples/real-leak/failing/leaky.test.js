// The versions with the leak: these tests fail on purpose.

import eventemitter2 from 'eventemitter2-leaky';
import PQueue from 'p-queue-leaky';
import { expect, it } from 'vitest';
import { waitingForAnEvent, waitingForAnIdleQueue } from '../src/everyday-use.js';

it('eventemitter2 forgets whoever waited for an event', async () => {
  const ask = waitingForAnEvent(eventemitter2.EventEmitter2);
  await expect(ask).toNotLeak({ timeoutMs: 20_000 });
});

it('p-queue forgets whoever waited until it was idle', async () => {
  const drain = waitingForAnIdleQueue(PQueue);
  await expect(drain).toNotLeak({ timeoutMs: 20_000 });
});
