import { describe, expect, it } from 'vitest';
import { creatorOf, resourceGrowth } from '../../../packages/core/src/leaks/resources.js';
import type { Frame, LeakSite } from '../../../packages/core/src/types.js';

describe('resourceGrowth', () => {
  const before = new Map([
    ['TTYWrap', 2],
    ['Timeout', 1],
  ]);

  it('names what follows the calls, most first', () => {
    const after = new Map([
      ['TTYWrap', 2],
      ['Timeout', 101],
      ['TCPSocketWrap', 50],
    ]);
    expect(resourceGrowth(before, after, 100)).toEqual([
      { type: 'Timeout', perCall: 1 },
      { type: 'TCPSocketWrap', perCall: 0.5 },
    ]);
  });

  it.each([
    [100, 5, 1],
    [100, 4, 0],
    [400, 9, 1],
    [400, 8, 0],
  ])('in %i calls, %i open timers where 1 was are %i finding', (calls, open, found) => {
    const after = new Map([['Timeout', open]]);
    expect(resourceGrowth(before, after, calls)).toHaveLength(found);
  });
});

describe('creatorOf', () => {
  const frame = (functionName: string, origin: Frame['origin']): Frame => ({
    functionName,
    file: origin === 'node' ? 'node:internal/timers' : '/app/src/poll.ts',
    line: 12,
    column: 1,
    origin,
  });
  const site = (objectsPerCall: number, ...frames: Frame[]): LeakSite => ({
    frames,
    objectsPerCall,
    bytesPerCall: 100,
    series: [],
  });
  const timeout = frame('Timeout', 'node');
  const poll = frame('poll', 'user');
  const handle = frame('handle', 'user');
  const resource = { type: 'Timeout', perCall: 1 };

  it("is the first frame above Node's own", () => {
    const sites = [site(1, handle), site(1, timeout, poll, handle)];
    expect(creatorOf(resource, sites)).toEqual([poll, handle]);
  });

  it('makes about as many', () => {
    expect(creatorOf(resource, [site(0.4, timeout, poll)])).toBeUndefined();
    expect(creatorOf(resource, [site(0.5, timeout, poll)])).toEqual([poll]);
  });

  it('may be unknown', () => {
    expect(creatorOf(resource, [site(1, handle), site(1, timeout)])).toBeUndefined();
  });

  it('is found although Node names the handle of a socket a wrap', () => {
    const tcp = frame('TCP', 'node');
    const sites = [site(1, tcp, poll)];
    expect(creatorOf({ type: 'TCPWRAP', perCall: 1 }, sites)).toEqual([poll]);
  });

  it('of a file is who opens it', () => {
    const opened = { type: 'FileDescriptor', perCall: 1 };
    const openSync = { ...frame('openSync', 'node'), file: 'node:fs' };
    expect(creatorOf(opened, [site(2, openSync, poll)])).toEqual([poll]);
    expect(creatorOf(opened, [site(2, timeout, poll)])).toBeUndefined();
  });
});
