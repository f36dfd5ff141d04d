// Holds one run file against another with the gate that the project has installed.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cleanEnv } from '../tools/project.mjs';

/** @returns {{ exitCode: number | null, verdict?: object, error?: string }} */
export function judge(dir, reference, run) {
  const command = join(dir, 'node_modules/highwater/bin/highwater.js');
  const args = [command, 'gate', run, '--against', reference, '--json', '-', '--no-ci'];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: dir,
    encoding: 'utf8',
    env: cleanEnv({}),
    maxBuffer: 512 * 1024 * 1024,
  });
  try {
    return { exitCode: status, verdict: JSON.parse(stdout) };
  } catch {
    // A gate that says nothing readable is an alarm of its own.
    return { exitCode: status || 2, error: `${stdout}${stderr}`.trim() };
  }
}
