// What is freed is not returned at once: the allocator keeps it for the next malloc.

import { Buffer } from 'node:buffer';
import { allocatorStats, formatBytes, processMemory } from '@highwater/core';

const BLOCKS = 100_000;

function line(when) {
  const { inUseBytes, freeBytes } = allocatorStats();
  const { rssBytes } = processMemory();
  console.log(
    `${when}: in use ${formatBytes(inUseBytes)}, free ${formatBytes(freeBytes)}, ` +
      `RSS ${formatBytes(rssBytes)}`,
  );
}

line('before   ');
let buffers = Array.from({ length: BLOCKS }, () => Buffer.allocUnsafeSlow(1_000).fill(1));
line('allocated');
// One that stays at the end keeps everything below it from going back.
const last = buffers.at(-1);
buffers = undefined;
globalThis.gc();
globalThis.gc();
line('freed    ');
console.log(`still held: ${formatBytes(last.length)}`);
