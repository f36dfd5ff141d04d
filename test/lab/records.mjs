// Runs the lab's project in a real Vitest and brings back what it recorded.

import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnv, makeProject, root, runnerBinary } from '../tools/project.mjs';

/** @typedef {Readonly<Record<string, object>>} Records of one run, by subject */

/** A project of its own for everything that runs at the same time. */
export function labProject(name) {
  const fixtures = join(root, 'test/lab/project');
  return makeProject({ dir: join(root, '.e2e/lab', name), runner: 'vitest', fixtures });
}

/**
 * Records every subject anew.
 *
 * @param {import('../tools/project.mjs').Project} project
 * @param {object} options
 * @param {readonly string[]} [options.args] of Vitest
 * @param {Readonly<Record<string, number>>} [options.extra] objects of 56 bytes, by subject
 * @param {readonly string[]} [options.only] subjects; all when absent
 * @param {readonly string[]} [options.metrics] all when absent
 * @param {string} [options.node]
 * @returns {Promise<Records>}
 */
export async function recordAll(
  project,
  { args = [], extra = {}, only, metrics, node = process.execPath },
) {
  const folder = join(project.dir, '__memory__');
  rmSync(folder, { recursive: true, force: true });
  const env = cleanEnv({
    CI: '',
    LAB_EXTRA: JSON.stringify(extra),
    LAB_METRICS: JSON.stringify(metrics ?? null),
  });
  const filter =
    only === undefined ? [] : ['-t', `^(?:${only.map(escapeRegExp).join('|')})$`];
  const output = await run(
    node,
    [runnerBinary(project), 'run', '--root=.', ...filter, ...args],
    { cwd: project.dir, env },
  );
  const file = join(folder, 'subjects.test.mjs.memory.json');
  if (!existsSync(file)) throw new Error(`Nothing was recorded:\n${output}`);
  const { tests } = JSON.parse(readFileSync(file, 'utf8'));
  return Object.fromEntries(
    Object.entries(tests).map(([name, environments]) => [
      name,
      Object.values(environments)[0],
    ]),
  );
}

/** Keeps the processors busy until it is stopped. */
export function keepBusy(count) {
  const children = Array.from({ length: count }, () =>
    spawn(process.execPath, [
      '-e',
      'for (;;) { const a = []; for (let i = 0; i < 1e5; i++) a.push({ i }); }',
    ]),
  );
  return () => {
    for (const child of children) child.kill();
  };
}

function run(command, args, options) {
  mkdirSync(options.cwd, { recursive: true });
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text) => {
        output += text;
      });
    }
    child.on('error', reject);
    child.on('exit', () => resolve(output));
  });
}

function escapeRegExp(text) {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
