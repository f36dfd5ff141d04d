import type { Profile, ProfileNode } from '@highwater/native';
import { describe, expect, it } from 'vitest';

import { nativeStacksAt } from '../../../packages/core/src/callsites/native-stacks.js';
import {
  callsiteSeries,
  siteWithoutStack,
} from '../../../packages/core/src/callsites.js';

const none = { scriptName: '', scriptId: 0, line: 0, column: 0 };
const script = { scriptName: '/app/src/image.ts', scriptId: 7, line: 21, column: 5 };

/** `resize()` reached by two native stacks, itself, and a thread's stack. */
const nodes: readonly ProfileNode[] = [
  { parent: -1, functionName: '(root)', ...none },
  { parent: 0, functionName: 'resize', ...script },
  { parent: 1, functionName: 'Resize', ...none, module: 'image.node' },
  { parent: 2, functionName: 'vips_malloc', ...none, module: 'libvips.so' },
  { parent: 1, functionName: 'Allocate', ...none, module: 'node' },
  { parent: 0, functionName: 'worker', ...none, module: 'node' },
  { parent: 5, functionName: 'Decode', ...none, module: 'image.node' },
];

function profileOf(bytes: readonly number[]): Profile {
  return {
    nodes,
    counts: [Float64Array.from(bytes, (value) => Math.sign(value))],
    bytes: [Float64Array.from(bytes)],
  };
}

describe('native functions', () => {
  const profile = profileOf([50, 10, 0, 75, 25, 0, 500]);

  it('are no part of a callsite, but stand beside it', () => {
    const [site, ...others] = callsiteSeries(profile);
    expect(others).toEqual([]);
    expect(site!.frames.map(({ functionName }) => functionName)).toEqual(['resize']);
    expect(site).toMatchObject({ counts: [3], bytes: [110] });
    expect(nativeStacksAt(site!, 0)).toEqual({
      nativeStacks: [
        {
          frames: [
            { functionName: 'vips_malloc', module: 'libvips.so' },
            { functionName: 'Resize', module: 'image.node' },
          ],
          share: 0.75,
        },
        { frames: [{ functionName: 'Allocate', module: 'node' }], share: 0.25 },
      ],
    });
  });

  it('tell what no JavaScript asked for', () => {
    const site = siteWithoutStack(profile);
    expect(site).toMatchObject({ frames: [], counts: [2], bytes: [550] });
    expect(nativeStacksAt(site, 0).nativeStacks).toEqual([
      {
        frames: [
          { functionName: 'Decode', module: 'image.node' },
          { functionName: 'worker', module: 'node' },
        ],
        share: 1,
      },
    ]);
  });

  it('are absent where they were not recorded, or hold nothing', () => {
    const [site] = callsiteSeries(profileOf([0, 10, 0, 0, 0, 0, 0]));
    expect(nativeStacksAt(site!, 0)).toEqual({});
    const freed = { nativeStacks: [{ frames: [], bytes: [-5] }] };
    expect(nativeStacksAt(freed, 0)).toEqual({});
  });
});
