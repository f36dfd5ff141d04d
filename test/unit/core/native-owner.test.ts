import { realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, it } from 'vitest';
import { bytesOfOthers } from '../../../packages/core/src/leaks/native-owner.js';

const NODE = basename(realpathSync(process.execPath));

/** A callsite with one native stack through these files, innermost first. */
function site(modules: readonly string[], bytes: readonly number[], all = bytes) {
  const frames = modules.map((module) => ({ functionName: 'f', module }));
  return {
    frames: [],
    counts: all.map(() => 1),
    bytes: all,
    nativeStacks: [{ frames, bytes }],
  };
}

describe('bytes that are not of Node alone', () => {
  it.each([
    ['Node itself', [NODE, NODE]],
    ['Node, by `new`', ['libstdc++.so.6', NODE]],
    ['Node in a library', ['libnode.so.115', 'libnode.so.115']],
  ])('none: %s', (_, modules) => {
    expect(bytesOfOthers(site(modules, [10, 20]))).toEqual([[0, 0]]);
  });

  it.each([
    ['an addon', ['victim.node']],
    ['an addon, by `new`', ['libstdc++.so.6', 'victim.node']],
    ['an addon, through Node-API', [NODE, 'victim.node']],
    ['libc, which Node calls', ['libc.so.6', NODE]],
    ['a file of a similar name', ['libnode.something']],
  ])('all: %s', (_, modules) => {
    expect(bytesOfOthers(site(modules, [10, 20]))).toEqual([
      [10, 20],
      [10, 20],
    ]);
  });

  it('some: what no native stack accounts for', () => {
    expect(bytesOfOthers(site([NODE], [10, 20], [15, 40]))).toEqual([[5, 20]]);
  });

  it('all where native frames are not known', () => {
    expect(bytesOfOthers({ frames: [], counts: [1], bytes: [7] })).toEqual([[7]]);
  });
});
