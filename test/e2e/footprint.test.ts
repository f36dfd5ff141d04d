// What tracking adds to a test: nothing that the test can see, and nothing to its numbers; in both runners.

import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun } from '../../packages/core/src/index.js';
import type { Project } from '../tools/project.mjs';
import { projectFor, run } from './runs.js';

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  let file: RunFile;
  let tracked: readonly string[];
  let plain: readonly string[];

  const stacksOf = (options: object | undefined): readonly string[] => {
    const path = join(project.dir, 'stacks.json');
    rmSync(path, { force: true });
    const env = {
      E2E_STACKS: path,
      HIGHWATER: options === undefined ? '0' : '',
      ...(options !== undefined && { E2E_TRACKING: JSON.stringify(options) }),
    };
    const { exitCode } = run(project, { fixture: 'stacks.test', mode: 'inBand', env });
    expect(exitCode).toBe(0);
    return JSON.parse(readFileSync(path, 'utf8'));
  };

  beforeAll(() => {
    project = projectFor(runner, 'footprint', 'tracking');
    plain = stacksOf(undefined);
    tracked = stacksOf({ track: true, limits: { allocated: '5 MB' } });
    file = readRun(join(project.dir, '.highwater/run.json'));
  });

  it('is in no stack of a test', () => {
    // The runner's own frames, but not at which of its lines it calls the body.
    const shown = (stack: string) =>
      stack
        .replace(/(node_modules\/\S+?):\d+:\d+/g, '$1')
        .replace(/:\d+:\d+(?=\)?$)/gm, '');
    expect(tracked).toHaveLength(5);
    expect(tracked.join('\n')).not.toContain('highwater/');
    // The last is of a body with a limit of its own, in both runs.
    expect(tracked.map(shown)).toEqual(plain.map(shown));
  });

  it.each([
    'formats the first stack of its file',
    'formats a stack, sync',
    'formats a stack after await',
    'has thrown what it expects',
    'has what the set-up installed',
  ])('charges no source map to the test that %s', (title) => {
    const test = file.tests.find(({ titles }) => titles.join() === title);
    expect(test?.state).toBe('passed');
    // The end of a page of V8, at most, and what the runner does to call it.
    expect(test?.measured?.allocatedBytes).toBeLessThan(500_000);
  });
});

describe('the packages', () => {
  it('have no source maps: runners would read them, and what they name is not there', () => {
    const project = projectFor('vitest', 'footprint', 'tracking');
    const dist = join(project.dir, 'node_modules/@highwater/core/dist');
    for (const entry of ['esm/index.js', 'cjs/index.js', 'cjs/children/preload.js']) {
      expect(readFileSync(join(dist, entry), 'utf8')).not.toContain('sourceMappingURL=');
    }
  });
});
