// Memory that nobody touches is no memory yet: the kernel gives a page at its first use.

import { formatBytes, measure, processMemory } from '@highwater/core';

const { native } = measure(() => new ArrayBuffer(200_000_000), { rounds: 1 });
const before = processMemory().rssBytes;
const store = new Uint8Array(200_000_000);
const allocated = processMemory().rssBytes;
store.fill(1);
const touched = processMemory().rssBytes;

const grown = (bytes) => formatBytes(Math.max(0, bytes - before));
console.log(`native memory of one call:   ${formatBytes(native.allocatedBytes)}`);
console.log(`RSS after allocating it:    +${grown(allocated)}`);
console.log(`RSS after writing to it:    +${grown(touched)}`);
