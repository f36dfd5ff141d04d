// npm, its output as a value or in the error.

import { spawnSync } from 'node:child_process';

/**
 * @param {readonly string[]} args
 * @param {string} cwd
 * @returns {string} what it printed
 */
export function npm(args, cwd) {
  const { status, stdout, stderr, error } = spawnSync('npm', args, {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    maxBuffer: 64 * 1024 * 1024,
  });
  if (error) throw error;
  if (status !== 0) throw new Error(`npm ${args.join(' ')} failed:\n${stdout}${stderr}`);
  return stdout;
}
