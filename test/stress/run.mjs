// Stress of the hooks: no crash, every stack named, every slot put back. Each of V8's ways to move, drop
// and recompile code is a run of its own.
//
//   npm run stress -- [--minutes <n>] [--node <path>]     all runs together take that long (default 4)

import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResults } from '../tools/results.mjs';

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));

const MODES = {
  'as it is': [],
  'compiles and flushes code at once': [
    '--always-sparkplug',
    '--maglev',
    '--stress-flush-code',
    '--max-semi-space-size=1',
  ],
  'moves objects at every collection': ['--stress-compaction', '--gc-interval=1000'],
  'beside a CPU profile of its own': [
    '--cpu-prof',
    '--cpu-prof-dir=/tmp/highwater-stress',
  ],
  'with jemalloc preloaded': [],
};
/** From Debian's libjemalloc2. */
const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '4' },
    node: { type: 'string', default: process.execPath },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes must be a number above 0, got '${values.minutes}'.`);
  process.exit(1);
}

const hasJemalloc = existsSync(JEMALLOC);
if (!hasJemalloc) console.log(`skip with jemalloc preloaded: there is no ${JEMALLOC}`);
const modes = Object.entries(MODES).filter(
  ([name]) => hasJemalloc || !name.includes('jemalloc'),
);
const seconds = (minutes * 60) / modes.length;
let failed = 0;
for (const [name, flags] of modes) {
  const preload = name.includes('jemalloc') ? { LD_PRELOAD: JEMALLOC } : {};
  const run = spawnSync(values.node, [...flags, PROGRAM, String(seconds)], {
    env: { ...process.env, ...preload },
    encoding: 'utf8',
    timeout: (seconds * 5 + 120) * 1_000,
  });
  const problem = problemOf(run);
  if (problem !== undefined) failed++;
  console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name}: ${run.stdout.trim()}`);
  if (problem !== undefined) console.log(`     ${problem}\n${run.stderr}`);
}
writeResults('stress', { passed: modes.length - failed, failed });
process.exitCode = failed === 0 ? 0 : 1;

function problemOf({ status, signal, stdout }) {
  if (signal !== null) return `ended by ${signal}`;
  if (status !== 0) return `exit ${status}`;
  const { recordings, unnamed, mistaken, slotCount, refusedCount } = JSON.parse(stdout);
  if (recordings === 0) return 'nothing was recorded';
  if (unnamed > 0) return `${unnamed} stacks have no name`;
  if (mistaken > 0) return `${mistaken} fingerprints stood for two stacks`;
  if (slotCount > 0) return `${slotCount} slots are still patched`;
  if (refusedCount > 0) return `${refusedCount} slots could not be written`;
  return undefined;
}
