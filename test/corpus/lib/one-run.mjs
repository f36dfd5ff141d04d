// One version of one case in a Vitest of its own: what the matcher said, and what it took.

import { spawn } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cleanEnv, runnerBinary } from '../../tools/project.mjs';
import { verdictOf } from './verdict.mjs';

const TIMEOUT_MS = 60_000;

/**
 * @param {import('../../tools/project.mjs').Project} project made from test/corpus/project
 * @param {string} node
 * @param {string} folder with the cases: where a user of them would be
 * @param {object} run of cases.mjs
 * @param {{ base: string, name: string }} place of install.mjs
 * @param {AbortSignal} signal ends the run
 */
export async function runOnce(project, folder, node, run, place, signal) {
  const result = join(project.dir, 'result.json');
  rmSync(result, { force: true });
  const { driver, alias, version, nodeArgs } = run;
  const task = { driver, alias, version, node, nodeArgs, ...place, result };
  const { status, output } = await runVitest(project, folder, run.env, task, signal);
  const recorded = readRecord(result);
  if (recorded === null || status !== 0) {
    const text = `${recorded?.text ?? ''}\n${status}\n${output.slice(-4000)}`.trim();
    return { ...recorded, verdict: 'error', text };
  }
  return { ...recorded, verdict: verdictOf(recorded.text) };
}

function runVitest(project, folder, env, task, signal) {
  return new Promise((resolve, reject) => {
    const child = spawn(
      // Vitest itself needs a newer Node than some cases; its worker has the one of the case.
      process.execPath,
      [runnerBinary(project), 'run', `--root=${project.dir}`, '--reporter=default'],
      {
        cwd: folder,
        env: cleanEnv({ ...env, HIGHWATER_CORPUS_TASK: JSON.stringify(task) }),
        stdio: ['ignore', 'pipe', 'pipe'],
        // A group of its own: what a driver starts ends with it.
        detached: true,
      },
    );
    let output = '';
    let reason;
    const kill = (why) => {
      reason ??= why;
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It is gone already.
      }
    };
    const timer = setTimeout(() => kill(`killed after ${TIMEOUT_MS} ms`), TIMEOUT_MS);
    const interrupted = () => kill('interrupted');
    signal.addEventListener('abort', interrupted);
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8');
      stream.on('data', (text) => {
        output = (output + text).slice(-100_000);
      });
    }
    child.on('error', reject);
    child.on('exit', () => kill());
    child.on('close', (code, end) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', interrupted);
      resolve({ status: reason ?? end ?? code, output });
    });
  });
}

function readRecord(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return null;
  }
}
