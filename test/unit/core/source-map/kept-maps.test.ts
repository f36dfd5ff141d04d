import type { TraceMap } from '@jridgewell/trace-mapping';
import { expect, it } from 'vitest';
import { KeptMaps } from '../../../../packages/core/src/source-map/kept-maps.js';

const map = (): TraceMap => ({}) as TraceMap;

it('keeps maps up to a size, and those asked for last', () => {
  const kept = new KeptMaps(100);
  const first = { map: map(), bytes: 60 };
  kept.keep(1, first);
  kept.keep(2, { map: map(), bytes: 40 });
  expect(kept.find(1)).toBe(first);
  kept.keep(3, { map: map(), bytes: 1 });
  expect(kept.find(2)).toBeUndefined();
  expect(kept.find(1)).toBe(first);
  expect(kept.find(3)).toBeDefined();
});

it('keeps that a script has no map, which takes nothing', () => {
  const kept = new KeptMaps(10);
  kept.keep(1, { map: undefined, bytes: 0 });
  kept.keep(2, { map: map(), bytes: 10 });
  expect(kept.find(1)).toEqual({ map: undefined, bytes: 0 });
});

it('keeps nothing larger than all its room, and nothing at all without', () => {
  const kept = new KeptMaps(10);
  kept.keep(1, { map: map(), bytes: 11 });
  expect(kept.find(1)).toBeUndefined();
  const none = new KeptMaps(0);
  none.keep(1, { map: undefined, bytes: 0 });
  expect(none.find(1)).toBeUndefined();
});
