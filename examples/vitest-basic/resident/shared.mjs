// Pages of a file that several processes map are in the RSS of each, and exist once.

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { formatBytes, processMemory } from '@highwater/core';

function line(when) {
  const { rssBytes, pssBytes, ussBytes } = processMemory();
  console.log(
    `${when}: RSS ${formatBytes(rssBytes)}, PSS ${formatBytes(pssBytes)}, ` +
      `USS ${formatBytes(ussBytes)}`,
  );
}

line('alone         ');
const others = Array.from({ length: 4 }, () =>
  spawn(process.execPath, ['-e', 'console.log("up"); setInterval(() => {}, 1000)'], {
    stdio: ['ignore', 'pipe', 'ignore'],
  }),
);
await Promise.all(others.map((other) => once(other.stdout, 'data')));
line('with 4 others ');
for (const other of others) other.kill();
