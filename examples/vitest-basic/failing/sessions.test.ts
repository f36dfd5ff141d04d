// These tests fail on purpose: they show what a failure looks like.

import { setImmediate } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { SessionRegistry } from '../src/sessions.js';

const registry = new SessionRegistry();

it('forgets a session that was closed', () => {
  expect(() => {
    const session = registry.open('ada');
    session.seen.push('/home');
    // registry.close(session) is missing.
  }).toNotLeak();
});

it('forgets a session whose work is done', async () => {
  const request = async () => {
    const session = registry.open('ada');
    await setImmediate();
    session.seen.push('/home');
  };
  await expect(request).toNotLeak({ timeoutMs: 20_000 });
});

it('retains less than 50 bytes per session', () => {
  expect(() => registry.open('ada')).toRetainLessThan('50 B');
});

it('lets go of a session that was closed', async () => {
  await expect(() => {
    const session = registry.open('ada');
    // registry.close(session) is missing.
    return session;
  }).toBeCollectable();
});
