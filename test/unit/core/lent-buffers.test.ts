import { describe, expect, it } from 'vitest';
import { areBuffersLent } from '../../../packages/core/src/leaks/lent-buffers.js';

const LENGTHS = [1, 50, 100, 50, 150, 50];

/** A callsite with one native stack, which holds so much per call. */
function areLent(functionName: string, bytesPerCall: number): boolean {
  let calls = 0;
  const bytes = LENGTHS.map((length) => {
    calls += length;
    return calls * bytesPerCall;
  });
  const frames = [
    { functionName: 'operator new', module: 'libstdc++.so.6' },
    { functionName, module: 'node' },
    { functionName: '', module: 'victim.node' },
  ];
  const site = { frames: [], counts: bytes, bytes, nativeStacks: [{ frames, bytes }] };
  return areBuffersLent([site], LENGTHS);
}

describe('memory that addons lend to Buffers', () => {
  it.each([
    'napi_create_external_buffer',
    'napi_create_external_arraybuffer',
    'node::Buffer::New',
  ])('waits for a turn when the notes of %s stay', (name) => {
    expect(areLent(name, 96)).toBe(true);
  });

  it('does not wait where none stays', () => {
    expect(areLent('napi_create_external_buffer', 0)).toBe(false);
  });

  it('is not what else an addon asks Node for', () => {
    expect(areLent('napi_create_reference', 96)).toBe(false);
  });

  it('is not known without native frames', () => {
    const site = { frames: [], counts: [1], bytes: [1] };
    expect(areBuffersLent([site], LENGTHS)).toBe(false);
  });
});
