import { describe, expect, it, vi } from 'vitest';

import {
  callsiteSeries,
  callsitesOf,
  mapFrames,
  mapSites,
} from '../../../../packages/core/src/callsites.js';
import {
  keepPositions,
  type SourceMapper,
} from '../../../../packages/core/src/source-map.js';
import { APP, DEPENDENCY, profileOf, row, text } from './profiles.js';

describe('mapping', () => {
  const profile = profileOf(
    row([`outer@${APP}:5`, `a@${APP}:6`]),
    row([`outer@${APP}:5`, `b@${APP}:7`]),
  );

  it('asks once for all sites and keeps the rest of each site', () => {
    const mapper = vi.fn<SourceMapper>((positions) =>
      positions.map(({ line }) => ({
        file: '/app/original.ts',
        line: line * 10,
        column: 2,
      })),
    );
    const sites = mapSites(callsitesOf(profile, { calls: 10 }), mapper);
    expect(mapper).toHaveBeenCalledOnce();
    expect(mapper.mock.calls[0]?.[0]).toHaveLength(3);
    expect(sites.map((site) => [text(site.frames), site.allocatedBytes])).toEqual([
      [['a /app/original.ts:60', 'outer /app/original.ts:50'], 16],
      [['b /app/original.ts:70', 'outer /app/original.ts:50'], 16],
    ]);
  });

  it('leaves nothing in a frame but what a frame is', () => {
    const [site] = callsiteSeries(profile);
    expect(mapFrames(site?.frames ?? [], keepPositions)[0]).toEqual({
      functionName: 'a',
      file: APP,
      line: 6,
      column: 5,
      origin: 'user',
    });
  });

  it('knows a dependency in a bundle', () => {
    const [site] = callsiteSeries(profile);
    const mapper: SourceMapper = (positions) =>
      positions.map(() => ({ file: DEPENDENCY, line: 1, column: 1 }));
    expect(mapFrames(site?.frames ?? [], mapper)[0]?.origin).toBe('dependency');
  });
});
