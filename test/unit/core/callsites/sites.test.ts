// Which callsites a profile has, and how much each of them holds.

import { describe, expect, it, vi } from 'vitest';

import {
  callsiteSeries,
  callsitesOf,
  siteTotals,
} from '../../../../packages/core/src/callsites.js';
import type { SourceMapper } from '../../../../packages/core/src/source-map.js';
import { APP, AROUND, profileOf, row, text } from './profiles.js';

describe('callsitesOf', () => {
  it('divides by the calls of the window', () => {
    const profile = profileOf(row([...AROUND, `parse@${APP}:7`], 10, 160));
    expect(callsitesOf(profile, { calls: 5 })).toEqual([
      {
        frames: [
          {
            functionName: 'parse',
            file: APP,
            line: 7,
            column: 5,
            origin: 'user',
            scriptId: expect.any(Number) as number,
            scriptName: APP,
          },
        ],
        allocatedCount: 2,
        allocatedBytes: 32,
      },
    ]);
  });

  it('reads the last reading, or the one asked for, and leaves out what it does not hold', () => {
    const profile = profileOf(
      { stack: [`a@${APP}:1`], counts: [1, 2], bytes: [16, 32] },
      { stack: [`b@${APP}:2`], counts: [0, 5], bytes: [0, 80] },
    );
    const bytes = (reading?: number) =>
      callsitesOf(profile, {
        calls: 1,
        ...(reading === undefined ? {} : { reading }),
      }).map((site) => site.allocatedBytes);
    expect(bytes()).toEqual([80, 32]);
    expect(bytes(0)).toEqual([16]);
  });

  it('sorts by bytes, then by objects', () => {
    const profile = profileOf(
      row([`small@${APP}:1`], 9, 10),
      row([`few@${APP}:2`], 1, 50),
      row([`many@${APP}:3`], 2, 50),
    );
    expect(
      callsitesOf(profile, { calls: 1 }).map((site) => site.frames[0]?.functionName),
    ).toEqual(['many', 'few', 'small']);
  });
});

describe('callsiteSeries', () => {
  it('has every reading of every callsite, equal stacks merged', () => {
    const profile = profileOf(
      { stack: [...AROUND, `leak@${APP}:7`], counts: [3, 8], bytes: [48, 128] },
      { stack: [...AROUND, `leak@${APP}:7`, 'push'], counts: [0, 1], bytes: [0, 32] },
      { stack: [...AROUND, `cache@${APP}:9`], counts: [5, 5], bytes: [80, 80] },
      { stack: AROUND, counts: [100, 200], bytes: [1e6, 2e6] },
    );
    expect(
      callsiteSeries(profile).map(({ frames, counts, bytes }) => [
        text(frames),
        counts,
        bytes,
      ]),
    ).toEqual([
      [[`leak ${APP}:7`], [3, 9], [48, 160]],
      [[`cache ${APP}:9`], [5, 5], [80, 80]],
    ]);
  });

  it('takes a module that was loaded twice for one, and its latest script for mapping', () => {
    const profile = profileOf(row([`leak@${APP}:7`]), row([`leak@file://${APP}:7`]));
    const sites = callsiteSeries(profile);
    expect(sites.map((site) => site.counts)).toEqual([[20]]);
    expect(sites[0]?.frames[0]?.scriptId).toBe(2);
  });

  it('keeps scripts apart that share a name which is no path', () => {
    const profile = profileOf(row(['f@a']), row(['f@b']));
    const nodes = profile.nodes.map((node) => ({
      ...node,
      scriptName: node.scriptName === '' ? '' : 'evalmachine.<anonymous>',
    }));
    expect(callsiteSeries({ ...profile, nodes })).toHaveLength(2);
  });

  it('calls a script without a name evaluated, not built in', () => {
    const profile = profileOf(row([`run@${APP}:1`, 'f@x:3']));
    const nodes = profile.nodes.map((node) =>
      node.scriptName === 'x' ? { ...node, scriptName: '' } : node,
    );
    expect(text(callsiteSeries({ ...profile, nodes })[0]?.frames ?? [])).toEqual([
      'f <eval>:3',
      `run ${APP}:1`,
    ]);
  });
});

describe('siteTotals', () => {
  const profile = profileOf(
    { stack: [...AROUND, `parse@${APP}:7`], counts: [3, 8], bytes: [48, 128] },
    { stack: [...AROUND, `log@/app/src/logger.ts:2`], counts: [1, 1], bytes: [16, 16] },
    { stack: AROUND, counts: [100, 200], bytes: [1e6, 2e6] },
  );

  it('sums what is the user’s', () => {
    expect(siteTotals(profile, 0)).toEqual({ count: 4, bytes: 64 });
    expect(siteTotals(profile, 1)).toEqual({ count: 9, bytes: 144 });
  });

  it('leaves out what is ignored', () => {
    expect(siteTotals(profile, 1, { ignore: ['logger.ts'] })).toEqual({
      count: 8,
      bytes: 128,
    });
  });

  it('shows rules the mapped frames, and maps only for them', () => {
    const mapper = vi.fn<SourceMapper>((positions) =>
      positions.map(({ scriptName, line }) => ({
        file: scriptName.replace('app.ts', 'grammar.peg'),
        line,
        column: 1,
      })),
    );
    siteTotals(profile, 1, { mapper });
    expect(mapper).not.toHaveBeenCalled();
    expect(siteTotals(profile, 1, { ignore: [/\.peg$/], mapper })).toEqual({
      count: 1,
      bytes: 16,
    });
    expect(mapper).toHaveBeenCalledOnce();
  });
});
