// Holes between what stays: half is freed, and nothing larger than a hole fits into it.

import { Buffer } from 'node:buffer';
import { allocatorStats, formatBytes } from '@highwater/core';

const blocks = Array.from({ length: 40_000 }, () => Buffer.allocUnsafeSlow(2_000));
const kept = blocks.filter((_, index) => index % 2 === 0);
blocks.length = 0;
globalThis.gc();
globalThis.gc();

const { arenaBytes, freeBytes, fragmentation, trimmableBytes } = allocatorStats();
console.log(`kept: ${formatBytes(kept.length * 2_000)}`);
console.log(`the allocator has ${formatBytes(arenaBytes)} from the system`);
console.log(
  `of which free: ${formatBytes(freeBytes)} (${Math.round(fragmentation * 100)} %)`,
);
console.log(`and can be given back at once: ${formatBytes(trimmableBytes)}`);
