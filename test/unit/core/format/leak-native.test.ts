// What a leak's failure says of native memory, and of who asked for it.

import { describe, expect, it } from 'vitest';
import { judgeLeak } from '../../../../packages/core/src/budget.js';
import { formatLeak } from '../../../../packages/core/src/format/leak-text.js';
import { root } from './frames.js';
import { reportOf, textOf } from './leaks.js';

describe('native memory', () => {
  const frame = {
    functionName: 'decode',
    file: `${root}/src/image.ts`,
    line: 21,
    column: 0,
    origin: 'user',
  } as const;
  const series = [{ calls: 601, liveCount: 601, liveBytes: 180_300 }];
  const site = { frames: [frame], objectsPerCall: 1, bytesPerCall: 300, series };

  it('is named by the line that asked for it, with its code', () => {
    const nativeSites = [{ ...site, code: 'const image = addon.decode(bytes);' }];
    expect(
      textOf({ groups: [], nativeBytesPerCall: 300, nativeSites }),
    ).toMatchInlineSnapshot(`
      "
      Expected handle() not to leak, but every call keeps 300 B of native memory alive.

        601 calls left 601 blocks (180 kB) of native memory behind. V8's heap did not
        grow with them: nothing in JavaScript holds them.
        native memory asked for at (per call):
          decode  src/image.ts:21  1 block  300 B
            const image = addon.decode(bytes);

        Observed 1,600 calls after 10 warm-up calls in 312 ms (Node 20.20.2).
        Next: close or free what decode() opens, or look for a version of the addon
              without this leak. If it may grow: toNotLeak({ allow: '300 B' }).
      "
    `);
  });

  it('is told with the native functions that asked, when they are known', () => {
    const names = ['(anonymous namespace)::Copy', 'Resize', 'node::Buffer::New'];
    const modules = ['libvips.so', 'image.node', 'node'];
    const frames = names.map((functionName, index) => ({
      functionName,
      module: modules[index]!,
    }));
    const glue = { functionName: 'v8::internal::Builtin_HandleApiCall', module: 'node' };
    const nativeStacks = [
      { frames: [...frames, glue], share: 0.9 },
      { frames: [{ functionName: '', module: 'libc.so.6' }], share: 0.1 },
    ];
    const nativeSites = [{ ...site, nativeStacks }];
    const facts = { groups: [], nativeBytesPerCall: 300, nativeSites };
    expect(textOf(facts)).toContain(
      '\n      by Copy [libvips.so] < Resize [image.node] < node::Buffer::New [node] < ..\n',
    );
    expect(textOf(facts)).not.toContain('{ native: true }');
    const verbose = formatLeak(judgeLeak(reportOf(facts)), reportOf(facts), {
      root,
      name: 'handle',
      verbose: true,
    });
    expect(verbose).toContain('90.0 % by\n        Copy [libvips.so]\n');
    expect(verbose).toContain('10.0 % by\n        (no name) [libc.so.6]\n');
  });

  it('of threads has no line', () => {
    const nativeSites = [{ ...site, frames: [] }];
    const nativeCallers = [{ frames: [frame], code: 'const image = decode(bytes);' }];
    const text = textOf({
      groups: [],
      nativeBytesPerCall: 300,
      nativeSites,
      nativeCallers,
    });
    expect(text).toMatch(
      /called into native code meanwhile:\n +decode +src\/image.ts:21\n +const image = decode\(bytes\);\n/,
    );
    expect(text).toContain('(no JavaScript)  (native threads)  1 block  300 B');
    expect(text).toContain('For the functions that ask: { native: true }.');
    expect(text).toContain('close or free what a call opens');
  });

  it('that is not named by line is told by its size', () => {
    const text = textOf({
      groups: [],
      heapBytesPerCall: 0,
      nativeBytesPerCall: 300,
      nativeUnavailable: 'only Linux has hooks',
    });
    expect(text).toContain('every call keeps 300 B of native memory alive');
    expect(text).toMatch(/other\s+native memory by 480 kB/);
    expect(text).toMatch(/not\s+known here: only Linux has hooks\./);
  });

  it('that objects hold is told beside them, without their ArrayBuffer stores', () => {
    const text = textOf({ arrayBufferBytesPerCall: 1_000, nativeBytesPerCall: 1_300 });
    expect(text).toMatch(
      /keeps 1 Session \(2\.1 kB with what it holds\) and 300 B of other native memory alive\.\n/,
    );
    expect(text).toContain("toNotLeak({ allow: '2.4 kB' })");
  });
});
