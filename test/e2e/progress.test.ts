// What somebody at a terminal sees of a matcher that takes long. `script` makes the terminal.

import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { cleanEnv, type Project, runnerBinary } from '../tools/project.mjs';
import { projectFor, type Runner } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;

const TESTS = `import { expect, it } from './runner';

function busy() {
  const end = performance.now() + 20;
  while (performance.now() < end);
}

it('is slow', async () => {
  await expect(async () => {
    await null;
    busy();
  }).toNotLeak();
}, 120_000);

it('is quick', () => {
  expect(() => [1]).toAllocateLessThan('10 kB');
}, 120_000);
`;

const ARGS: Readonly<Record<Runner, readonly string[]>> = {
  vitest: ['run', '--root=.', 'slow'],
  // Without a memory limit Jest runs a single file in band, unasked.
  jest: [
    '--rootDir=.',
    '--watchman=false',
    '--maxWorkers=2',
    '--workerIdleMemoryLimit=8GB',
    'slow',
  ],
};

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  beforeAll(() => {
    project = projectFor(runner, 'progress', 'tracking');
    writeFileSync(join(project.dir, 'slow.test.ts'), TESTS);
  });

  /** Everything the terminal got, but for its control sequences. */
  const inTerminal = (args: readonly string[], env: Record<string, string>): string => {
    const command = [node, runnerBinary(project), ...args]
      .map((one) => `'${one}'`)
      .join(' ');
    const { stdout, status } = spawnSync('script', ['-qec', command, '/dev/null'], {
      cwd: project.dir,
      encoding: 'utf8',
      env: cleanEnv({ TERM: 'xterm', ...env }),
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what these are
    const text = stdout.replace(/\x1b\[[\d;?]*[A-Za-z]/g, '').replaceAll('\r', '\n');
    expect(status, text).toBe(0);
    return text;
  };

  it('tells of a matcher that takes long, on a line of its own, and of no other', () => {
    const lines = inTerminal(ARGS[runner], { CI: '' }).split('\n');
    const told = lines.filter((line) => line.includes('highwater:'));
    expect(told[0]).toMatch(/^ highwater: \d+ s in toNotLeak: is slow$/);
    // One that takes very long is told of again.
    for (const line of told) expect(line).toMatch(/ s in toNotLeak: is slow$/);
  });

  it('tells nothing in CI', () => {
    expect(inTerminal(ARGS[runner], { CI: 'true' })).not.toContain('highwater:');
  });

  it('tells nothing where stdout is a file', () => {
    const file = join(project.dir, 'stdout.txt');
    const command = `${node} ${runnerBinary(project)} ${ARGS[runner].join(' ')}`;
    const { stdout, status } = spawnSync(
      'script',
      ['-qec', `${command} > ${file}`, '/dev/null'],
      {
        cwd: project.dir,
        encoding: 'utf8',
        env: cleanEnv({ TERM: 'xterm', CI: '' }),
      },
    );
    expect(status, stdout).toBe(0);
    expect(stdout).not.toContain('highwater:');
  });
});
