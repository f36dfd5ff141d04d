import { describe, expect, it } from 'vitest';
import {
  isNotNodes,
  isSteadySite,
} from '../../../packages/core/src/leaks/native-sites.js';

const LENGTHS = [1, 2, 4, 2, 6, 2];
/** 44 bytes of every call. */
const OF_EVERY_CALL = running(LENGTHS.map((calls) => 44 * calls));
/** The first rounds keep wrappers until they are finalized. */
const FINALIZED_LATE = [280, 840, 840, 840, 840, 840];

function running(growths: readonly number[]): readonly number[] {
  let held = 0;
  return growths.map((bytes) => {
    held += bytes;
    return held;
  });
}

/** A callsite with these stacks through a file each. */
function site(stacks: Readonly<Record<string, readonly number[]>>) {
  const nativeStacks = Object.entries(stacks).map(([module, bytes]) => ({
    frames: [{ functionName: 'f', module }],
    bytes,
  }));
  const bytes = LENGTHS.map((_, reading) =>
    nativeStacks.reduce((all, stack) => all + (stack.bytes[reading] ?? 0), 0),
  );
  return { frames: [], counts: bytes.map(() => 1), bytes, nativeStacks };
}

describe('a callsite of native blocks', () => {
  const besideWrappers = site({
    'env.node': OF_EVERY_CALL,
    'wrap.node': FINALIZED_LATE,
  });

  it("is an addon's by one stack that follows the calls, whatever is beside it", () => {
    expect(isNotNodes(besideWrappers, LENGTHS)).toBe(true);
    expect(isSteadySite(besideWrappers, LENGTHS)).toBe(true);
  });

  it('is not where what follows the calls is of Node alone', () => {
    const ofNode = site({ 'libnode.so.115': OF_EVERY_CALL, 'wrap.node': FINALIZED_LATE });
    expect(isNotNodes(ofNode, LENGTHS)).toBe(false);
    expect(isSteadySite(ofNode, LENGTHS)).toBe(false);
  });

  it('is not where nothing follows the calls', () => {
    const late = site({ 'wrap.node': FINALIZED_LATE });
    expect(isNotNodes(late, LENGTHS)).toBe(false);
    expect(isSteadySite(late, LENGTHS)).toBe(false);
  });
});
