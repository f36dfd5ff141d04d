// Runs npm scripts one after another, all of them, and fails when any did.
//
//   node test/tools/run-all.mjs <script> <script> ...

import { spawnSync } from 'node:child_process';

const failed = [];
for (const script of process.argv.slice(2)) {
  console.log(`\n> ${script}`);
  const { status } = spawnSync('npm', ['run', '--silent', '--ignore-scripts', script], {
    stdio: 'inherit',
  });
  if (status !== 0) failed.push(script);
}
if (failed.length > 0) {
  console.error(`\nfailed: ${failed.join(', ')}`);
  process.exit(1);
}
