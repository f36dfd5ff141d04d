// These tests fail on purpose: they show what a failure looks like.

import { expect, it } from 'vitest';
import { profileOf } from '../src/leaky/cache.js';
import { open } from '../src/leaky/hooks.js';
import { serve } from '../src/leaky/listeners.js';
import { timed } from '../src/leaky/numbers.js';
import { answer } from '../src/leaky/race.js';
import { ask } from '../src/leaky/replies.js';
import { load } from '../src/leaky/signal.js';
import { remember } from '../src/leaky/slice.js';
import { keepAlive } from '../src/leaky/timer.js';
import { watch } from '../src/leaky/weak.js';
import { Connection } from '../src/server.js';

let count = 0;

/** Calls `use` with a connection that is closed afterwards. */
function withConnection(use: (connection: Connection) => void): void {
  const connection = new Connection();
  use(connection);
  connection.destroy();
}

it('a listener per connection', () => {
  expect(() => withConnection(serve)).toNotLeak();
});

it('a cache without a bound', () => {
  expect(() => profileOf(count++)).toNotLeak();
});

it('a hook per connection', () => {
  expect(() => withConnection(open)).toNotLeak();
});

it('a list of numbers', () => {
  expect(() => timed(() => count++)).toNotLeak();
});

it('a race with a promise that never settles', async () => {
  const connection = new Connection();
  await expect(() => answer(connection)).toNotLeak();
});

it('a reply that never comes', async () => {
  const timeout = Promise.resolve('too late');
  await expect(() => ask(count++, timeout)).toNotLeak();
});

it('a listener on a signal that lives long', async () => {
  await expect(() => load(new Connection())).toNotLeak();
});

it('a value of a WeakMap that a list holds', () => {
  expect(() => withConnection(watch)).toNotLeak();
});

it('a timer that is never cleared', () => {
  expect(() => withConnection(keepAlive)).toNotLeak();
});

it('a slice of a large buffer', () => {
  // One entry per device is meant to stay.
  expect(() => remember(count++, Buffer.alloc(16_384))).toNotLeak({ allow: '300 B' });
});
