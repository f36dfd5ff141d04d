// Runs record.mjs in fresh processes and brings back what it recorded.

import { execFile } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { cleanEnv } from '../../tools/project.mjs';

const script = fileURLToPath(new URL('record.mjs', import.meta.url));
const execFileLater = promisify(execFile);

/**
 * @param {string} node
 * @param {string} name of the function
 * @param {number} [extra] objects that each call makes beside its own
 * @returns {Promise<object>} its record
 */
export async function recordOnce(node, name, extra = 0) {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-lab-'));
  try {
    const testFile = join(folder, 'libraries.test.mjs');
    const args = [script, name, testFile, String(extra)];
    await execFileLater(node, args, { env: cleanEnv({}) });
    const file = join(folder, '__memory__/libraries.test.mjs.memory.json');
    const { tests } = JSON.parse(readFileSync(file, 'utf8'));
    return Object.values(tests[name])[0];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * Several at a time.
 *
 * @template Job, Result
 * @param {readonly Job[]} jobs
 * @param {number} width
 * @param {(job: Job) => Promise<Result>} work
 * @returns {Promise<Result[]>} in the order of the jobs
 */
export async function inParallel(jobs, width, work) {
  const results = [];
  const waiting = jobs.entries();
  const lanes = Array.from({ length: width }, async () => {
    for (const [index, job] of waiting) results[index] = await work(job);
  });
  await Promise.all(lanes);
  return results;
}
