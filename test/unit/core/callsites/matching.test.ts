import { describe, expect, it, vi } from 'vitest';

import { siteMatches } from '../../../../packages/core/src/callsites.js';
import type { Frame } from '../../../../packages/core/src/types.js';

describe('siteMatches', () => {
  const frames: readonly Frame[] = [
    { functionName: 'push', file: '/app/src/log.ts', line: 1, column: 1, origin: 'user' },
    {
      functionName: 'main',
      file: '/app/src/main.ts',
      line: 2,
      column: 1,
      origin: 'user',
    },
  ];

  it.each([
    ['src/log', true],
    ['main', true],
    ['mai', true],
    ['pus', false],
    [/^push$/, true],
    [/main\.ts$/, true],
    [/logger/, false],
    [() => false, false],
  ])('%s', (rule, matches) => {
    expect(siteMatches(rule, { frames })).toBe(matches);
  });

  it('is not led astray by a global RegExp', () => {
    const rule = /log/g;
    expect([siteMatches(rule, { frames }), siteMatches(rule, { frames })]).toEqual([
      true,
      true,
    ]);
  });

  it.each([
    ['Session', true],
    ['sessions', true],
    ['session', false],
    [/^Sess/, true],
    [/^registry$/, false],
  ])('%s, of survivors', (rule, matches) => {
    const site = { frames: [], className: 'Session', retainers: ['sessions', 'Map'] };
    expect(siteMatches(rule, site)).toBe(matches);
  });

  it('shows a function the whole site', () => {
    const rule = vi.fn(() => true);
    expect(siteMatches(rule, { frames })).toBe(true);
    expect(rule).toHaveBeenCalledWith({ frames });
  });
});
