import { describe, expect, it } from 'vitest';
import {
  addUp,
  groupCounts,
  stillGrowing,
} from '../../../packages/core/src/leaks/second-look.js';
import type { HeapStep, SurvivorGroup } from '../../../packages/core/src/native.js';

function step(id: number, type: string, name: string): HeapStep {
  const node = { id, type, name, shallowBytes: 0, retainedBytes: 0 };
  return { edgeType: 'element', edgeName: '0', node };
}

/** Objects of 32 B in a list, by age. */
function group(
  counts: readonly number[],
  holder = 7,
  type = 'object',
  name = 'Session',
  olderCount = 0,
): SurvivorGroup {
  const count = counts.reduce((total, each) => total + each, 0);
  return {
    type,
    name,
    count,
    counts,
    olderCount,
    shallowBytes: count * 32,
    retainedBytes: count * 32,
    path: [
      step(1, 'synthetic', ''),
      step(holder, 'object', 'List'),
      step(100 + holder, 'array', ''),
      step(1_000, type, name),
    ],
    firstNew: 3,
    contents: [],
  };
}

/** Rounds of 50, 150, 100 and 200 calls, with this much growth per call. */
function rounds(bytesPerCall: number): Parameters<typeof addUp>[1] {
  const lengths = [50, 150, 100, 200];
  const values = [0, 50, 200, 300, 500].map((calls) => calls * bytesPerCall);
  return { lengths, heapBytes: { lengths, values } };
}

describe('survivors add up', () => {
  const leak = group([1_000, 50, 150, 100, 200]);

  it('when the heap grew by three quarters of them or more', () => {
    expect(addUp([leak], rounds(32))).toBe(true);
    expect(addUp([leak], rounds(24))).toBe(true);
    expect(addUp([leak], rounds(23.9))).toBe(false);
    expect(addUp([leak], rounds(0))).toBe(false);
  });

  it('all groups together', () => {
    const full = group([500, 50, 150, 100, 200], 8);
    expect(addUp([leak, full], rounds(32))).toBe(false);
    expect(addUp([leak, full], rounds(64))).toBe(true);
  });

  it('unless a holder had half as many before, and may have replaced them', () => {
    const beside = (older: number) => group([1_000], 7, 'object', 'Session', older);
    expect(addUp([beside(499)], rounds(32))).toBe(true);
    expect(addUp([beside(500)], rounds(32))).toBe(false);
  });

  it('when nothing is expected on the heap of V8', () => {
    expect(addUp([], rounds(-5))).toBe(true);
    expect(addUp([group([10, 5], 7, 'native', 'Node / Zlib')], rounds(-5))).toBe(true);
  });
});

describe('what goes on growing', () => {
  const before = groupCounts([group([750, 750]), group([1_000], 8)]);

  it('grows by half of its pace or more', () => {
    const grown = (count: number) =>
      stillGrowing([group([count])], before, 1_500, 500).length;
    expect(grown(2_000)).toBe(1);
    expect(grown(1_750)).toBe(1);
    expect(grown(1_749)).toBe(0);
  });

  it('does not grow where older members went', () => {
    const withOlder = (count: number, older: number) =>
      group([count], 7, 'object', 'Session', older);
    const full = groupCounts([withOlder(1_500, 1_000)]);
    expect(stillGrowing([withOlder(2_000, 500)], full, 1_500, 500)).toEqual([]);
    expect(stillGrowing([withOlder(2_000, 1_000)], full, 1_500, 500)).toHaveLength(1);
  });

  it('is told apart by its holder', () => {
    const now = [group([2_000]), group([1_000], 8)];
    expect(stillGrowing(now, before, 1_500, 500)).toEqual([now[0]]);
  });

  it('is told by the class of its holder where that is another one', () => {
    const other = group([3_000], 9);
    expect(stillGrowing([other], before, 1_500, 500)).toEqual([other]);
    expect(stillGrowing([group([2_500], 9)], before, 1_500, 500)).toEqual([]);
  });

  it('is new when nothing of its kind was there', () => {
    const other = group([30], 9, 'object', 'Connection');
    expect(stillGrowing([other], before, 1_500, 500)).toEqual([other]);
  });
});
