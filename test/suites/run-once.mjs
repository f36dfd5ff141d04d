// One run of a project's tests: what it used, what the runner reports, what highwater wrote.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cleanEnv } from '../tools/project.mjs';

const HANG_MS = 1_800_000;

const quoted = (text) => `'${text.replaceAll("'", "'\\''")}'`;

const ARGS = {
  vitest: (config, results) => [
    `--config=${config}`,
    '--reporter=default',
    '--reporter=json',
    `--outputFile.json=${results}`,
  ],
  jest: (config, results) => [`--config=${config}`, '--json', `--outputFile=${results}`],
};

/** The command with the arguments that this script needs behind its own. */
export function commandLine(runner, command, config, results) {
  return [command, ...ARGS[runner](config, results).map(quoted)].join(' ');
}

/** @param {{ dir: string, runner: 'vitest' | 'jest', command: string, config: string }} options */
export function runOnce({ dir, runner, command, config }) {
  const folder = mkdtempSync(join(tmpdir(), 'highwater-run-'));
  const [used, results] = [join(folder, 'used.json'), join(folder, 'results.json')];
  const record = join(dir, '.highwater/run.json');
  rmSync(record, { force: true });
  const line = commandLine(runner, command, config, results);
  const { stdout, stderr, error } = spawnSync(
    'python3',
    [join(import.meta.dirname, 'usage.py'), used, 'sh', '-c', line],
    {
      cwd: dir,
      encoding: 'utf8',
      env: cleanEnv({ PATH: `${join(dir, 'node_modules/.bin')}:${process.env.PATH}` }),
      timeout: HANG_MS,
      maxBuffer: 512 * 1024 * 1024,
    },
  );
  const output = `${stdout ?? ''}\n${stderr ?? ''}`;
  const read = (file) =>
    existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
  const run = { used: read(used), results: read(results), record: read(record), output };
  rmSync(folder, { recursive: true });
  if (run.used === undefined || run.results === undefined) {
    const why = error?.message ?? `exit code ${run.used?.exitCode}`;
    throw new Error(`The runner left no results (${why}):\n${line}\n${output}`);
  }
  return run;
}
