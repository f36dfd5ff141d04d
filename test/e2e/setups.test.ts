// Every way to get the matchers.

import { readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunFile } from '@highwater/core';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Project } from '../tools/project.mjs';
import { verdictsOf } from '../tools/project.mjs';
import { lineOf, projectFor, run, testNamed } from './runs.js';

describe('Vitest', () => {
  let project: Project;
  beforeAll(() => {
    project = projectFor('vitest', 'setups');
  });

  it('takes an import in the test file', () => {
    const result = run(project, { fixture: 'import', args: ['--config=bare.config.ts'] });
    expect(verdictsOf(result)).toEqual({ 'has matchers by an import': 'passed' });
    expect(result.exitCode).toBe(0);
  });

  it('takes setupFiles', () => {
    const result = run(project, {
      fixture: 'smoke',
      args: ['--config=setup-files.config.ts'],
    });
    expect(verdictsOf(result)).toEqual({
      'smoke fails': 'failed',
      'smoke passes': 'passed',
    });
    expect(testNamed(result, 'smoke fails').message).toContain(
      'Expected one call of makePoints() to allocate fewer than 999 objects',
    );
  });

  it.each(['forks', 'threads'] as const)(
    'measures the same in %s without isolation, one file after another',
    (pool) => {
      const result = run(project, {
        pool,
        args: [
          ...['smoke', 'forgotten-await', 'numbers', 'overlap'],
          ...['--no-isolate', '--maxWorkers=1'],
        ],
      });
      expect(verdictsOf(result)).toMatchObject({
        'smoke passes': 'passed',
        'fails although the matcher would pass': 'failed',
        'measures in the test after it': 'passed',
        'concurrent tests the first measures': 'passed',
        'concurrent tests the second is refused': 'failed',
        'concurrent tests who measures nothing is left alone': 'passed',
      });
      const points = { allocatedBytes: 56_000, allocatedCount: 1_000, retainedBytes: 0 };
      expect(result.numbers).toMatchObject({ first: points, hot: points });
    },
  );
});

describe('Vitest without isolation, whose set-up is evaluated once for all files', () => {
  const FILES = ['first.test.ts', 'second.test.ts', 'third.test.ts'];

  it('records every test under its file, and every baseline', () => {
    const project = projectFor('vitest', 'optimized', 'optimized');
    const memory = join(project.dir, '__memory__');
    rmSync(memory, { recursive: true, force: true });
    const args = ['--no-isolate', '--maxWorkers=1', '-u'];
    const result = run(project, { args });
    expect(result.exitCode).toBe(0);
    const { tests, faults } = JSON.parse(
      readFileSync(join(project.dir, '.highwater/run.json'), 'utf8'),
    ) as RunFile;
    expect(faults ?? []).toEqual([]);
    expect(tests.map(({ file, titles }) => [file, ...titles]).sort()).toEqual(
      FILES.flatMap((file) =>
        ['has a baseline', 'has a record'].map((title) => [
          file,
          file.slice(0, file.indexOf('.')),
          title,
        ]),
      ),
    );
    expect(readdirSync(memory).sort()).toEqual(
      FILES.map((file) => `${file}.memory.json`),
    );
  });
});

describe('Jest', () => {
  let project: Project;
  beforeAll(() => {
    project = projectFor('jest', 'setups');
  });

  it('has matchers in ES modules', () => {
    const result = run(project, {
      nodeArgs: ['--experimental-vm-modules', '--no-warnings'],
      args: ['--config=esm.config.cjs'],
    });
    expect(result.fileErrors).toEqual([]);
    expect(verdictsOf(result)).toEqual({
      'has matchers in an ES module': 'passed',
      'names the function in an ES module': 'failed',
      'refuses what overlaps, although the matchers are the CommonJS copy': 'passed',
    });
    const line = lineOf('jest/esm.test.mjs', 'function makePoints');
    expect(testNamed(result, 'names the function in an ES module').message).toContain(
      `makePoints  esm.test.mjs:${line}`,
    );
  });

  it('has matchers in CommonJS', () => {
    const result = run(project, { fixture: 'commonjs', mode: 'inBand' });
    expect(verdictsOf(result)).toEqual({
      'has matchers on the global expect': 'passed',
      'names the function in a CommonJS file': 'failed',
    });
    const line = lineOf('jest/commonjs.test.cjs', 'function makePoints');
    expect(testNamed(result, 'names the function in a CommonJS file').message).toContain(
      `makePoints  commonjs.test.cjs:${line}`,
    );
  });
});

describe.each(['vitest', 'jest'] as const)('%s without the addon', (runner) => {
  it('fails every matcher, and says what to do', () => {
    const project = projectFor(runner, 'no-addon');
    rmSync(join(project.dir, 'node_modules/@highwater/native/prebuilds'), {
      recursive: true,
    });
    const result = run(project, { fixture: 'smoke' });
    expect(verdictsOf(result)).toEqual({
      'smoke fails': 'failed',
      'smoke passes': 'failed',
    });
    const { message } = testNamed(result, 'smoke passes');
    expect(message).toContain('highwater cannot measure here.');
    expect(message).toMatch(
      /has no addon that loads on \w+-\w+, Node v\d+\.\d+\.\d+ \(ABI \d+\)/,
    );
    expect(message).toContain('install @highwater/native again');
  });
});
