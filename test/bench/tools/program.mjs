// One program, one process: what is measured shares no heap and no compiled code.

import { spawnSync } from 'node:child_process';

/** Prints what {@link runProgram} returns. */
export function answer(result) {
  process.stdout.write(`${JSON.stringify(result)}\n`);
}

/**
 * Runs a program to its end and returns its answer, the last line it printed.
 *
 * @param {string} file
 * @param {readonly string[]} args
 * @throws Error with the first line of what it complained about
 */
export function runProgram(file, args = []) {
  const { status, signal, error, stdout, stderr } = spawnSync(
    process.execPath,
    ['--expose-gc', file, ...args],
    {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: 180_000,
      maxBuffer: 64 * 1024 * 1024,
    },
  );
  if (error) throw error;
  if (status !== 0) {
    const complaint = stderr.split('\n').find((line) => /error/i.test(line)) ?? '';
    throw new Error(`${complaint.trim() || file} (${signal ?? `exit code ${status}`})`);
  }
  return JSON.parse(stdout.trimEnd().split('\n').at(-1));
}
