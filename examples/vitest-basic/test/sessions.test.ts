import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { SessionRegistry } from '../src/sessions.js';

const registry = new SessionRegistry();

describe('SessionRegistry', () => {
  it('forgets a session that was closed', () => {
    expect(() => {
      const session = registry.open('ada');
      session.seen.push('/home');
      registry.close(session);
    }).toNotLeak();
  });

  it('forgets a session whose work is done', async () => {
    const request = () =>
      registry.during('ada', async (session) => {
        session.seen.push(await Promise.resolve('/home'));
      });

    await expect(request).toNotLeak();
    await expect(request).toRetainLessThan('1 kB');
    await expect(request).toAllocateLessThan('5 kB');
    await expect(request).toAllocateFewerThan(50);
    await expect(request).toPeakBelow('10 kB');
  });

  it('forgets a session whose work takes a turn of the event loop', async () => {
    await expect(() => registry.during('ada', () => setImmediate())).toNotLeak();
  });

  it('forgets a session whose work fails', async () => {
    await expect(async () => {
      const work = registry.during('ada', () => Promise.reject(new Error('offline')));
      await work.catch(() => {});
    }).toNotLeak();
    expect(registry.size).toBe(0);
  });
});

it('lets go of a session that was closed', async () => {
  await expect(() => {
    const session = registry.open('ada');
    registry.close(session);
    return session;
  }).toBeCollectable();
});
