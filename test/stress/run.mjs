// Stress of the hooks: no crash, every stack named, every block that was freed seen to be freed, every slot
// put back. Each of V8's ways to move, drop and recompile code is a run of its own, and so is each tool that
// watches the same process.
//
//   npm run stress -- [--minutes <n>] [--node <path>] [--mode <word of its name>]
//                                             all runs together take that long (default 5)

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { writeResults } from '../tools/results.mjs';
import { buildVictimAddon } from '../victims/native/build.mjs';

const PROGRAM = fileURLToPath(new URL('program.mjs', import.meta.url));
const C8 = createRequire(import.meta.url).resolve('c8/bin/c8.js');
/** From Debian's libjemalloc2. */
const JEMALLOC = '/usr/lib/x86_64-linux-gnu/libjemalloc.so.2';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '5' },
    node: { type: 'string', default: process.execPath },
    mode: { type: 'string', default: '' },
  },
});
const minutes = Number(values.minutes);
if (!(minutes > 0)) {
  console.error(`--minutes must be a number above 0, got '${values.minutes}'.`);
  process.exit(1);
}

/** What the tools write. */
const output = mkdtempSync(join(tmpdir(), 'highwater-stress-'));
/**
 * What comes between Node and the program, and its environment.
 * @type {Record<string, { flags?: string[], env?: Record<string, string>, args?: string[] }>}
 */
const MODES = {
  'as it is': {},
  'compiles and flushes code at once': {
    flags: [
      '--always-sparkplug',
      '--maglev',
      '--stress-flush-code',
      '--max-semi-space-size=1',
    ],
  },
  'moves objects at every collection': {
    flags: ['--stress-compaction', '--gc-interval=1000'],
  },
  'marks, scavenges and compacts at random': {
    flags: [
      '--stress-incremental-marking',
      '--stress-scavenge=50',
      '--stress-compaction-random',
    ],
  },
  'beside profilers of the inspector': { args: ['1'] },
  'beside --cpu-prof': { flags: ['--cpu-prof', `--cpu-prof-dir=${output}`] },
  'beside --heap-prof': { flags: ['--heap-prof', `--heap-prof-dir=${output}`] },
  'beside NODE_V8_COVERAGE': { env: { NODE_V8_COVERAGE: join(output, 'coverage') } },
  'beside c8': {
    flags: [
      C8,
      '--reporter=json',
      `--reports-dir=${output}`,
      `--temp-directory=${join(output, 'c8')}`,
      values.node,
    ],
  },
  'with jemalloc preloaded': { env: { LD_PRELOAD: JEMALLOC } },
};

const hasJemalloc = existsSync(JEMALLOC);
if (!hasJemalloc) console.log(`skip with jemalloc preloaded: there is no ${JEMALLOC}`);
const modes = Object.entries(MODES).filter(
  ([name, { env }]) =>
    name.includes(values.mode) && (hasJemalloc || env?.LD_PRELOAD === undefined),
);
if (modes.length === 0) {
  console.error(`No mode has '${values.mode}' in its name: ${Object.keys(MODES)}.`);
  process.exit(1);
}

buildVictimAddon();
const seconds = (minutes * 60) / modes.length;
let failed = 0;
for (const [name, { flags = [], env = {}, args = [] }] of modes) {
  const run = spawnSync(values.node, [...flags, PROGRAM, String(seconds), ...args], {
    env: { ...process.env, ...env },
    encoding: 'utf8',
    timeout: Math.ceil((seconds * 5 + 120) * 1_000),
  });
  const problem = problemOf(run);
  if (problem !== undefined) failed++;
  console.log(`${problem === undefined ? 'ok  ' : 'FAIL'} ${name}: ${run.stdout.trim()}`);
  if (problem !== undefined) console.log(`     ${problem}\n${run.stderr}`);
}
rmSync(output, { recursive: true, force: true });
writeResults('stress', { passed: modes.length - failed, failed });
process.exitCode = failed === 0 ? 0 : 1;

function problemOf({ status, signal, stdout }) {
  if (signal !== null) return `ended by ${signal}`;
  if (status !== 0) return `exit ${status}`;
  const found = JSON.parse(stdout);
  if (found.recordings < 3) return 'hardly anything was recorded';
  if (found.unnamed > 0) return `${found.unnamed} stacks have no name`;
  if (found.mistaken > 0) return `${found.mistaken} fingerprints stood for two stacks`;
  if (found.unmatched > 0)
    return `${found.unmatched} blocks are freed, but thought alive`;
  if (found.misplaced > 0)
    return `${found.misplaced} blocks are not where they were made`;
  if (found.slotCount > 0) return `${found.slotCount} slots are still patched`;
  if (found.refusedCount > 0) return `${found.refusedCount} slots could not be written`;
  return undefined;
}
