// Limits of tests that run more than once: a test passes only if what its runner calls its result kept them.

import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type RunFile, readRun } from '../../packages/core/src/index.js';
import { type Project, verdictsOf } from '../tools/project.mjs';
import { type Outcome, projectFor, run } from './runs.js';

const OPTIONS = JSON.stringify({ limits: { allocated: '2 MB' } });

function ran(project: Project, fixture: string): { result: Outcome; file: RunFile } {
  const env = { E2E_TRACKING: OPTIONS };
  const result = run(project, { fixture, mode: 'inBand', env });
  return { result, file: readRun(join(project.dir, '.highwater/run.json')) };
}

/** Of every test: its state, how often it ran, and whether its record says that a limit was broken. */
function recordsOf({ tests }: RunFile): Record<string, readonly unknown[]> {
  return Object.fromEntries(
    tests.map(({ titles, state, tries = 1, limits = [] }) => [
      titles.join(' > '),
      [state, tries, limits.some(({ isBroken }) => isBroken)],
    ]),
  );
}

describe.each(['vitest', 'jest'] as const)('%s: tests that are tried again', (runner) => {
  it('pass when one try keeps the limits, with a record of the one that did not', () => {
    const { result, file } = ran(projectFor(runner, 'again', 'tracking'), 'again.test');
    expect(verdictsOf(result)).toEqual({
      'comes first': 'passed',
      'is large in its first try': 'passed',
      'is large in every try': 'failed',
      'is large in its first try, for the suite': 'passed',
      'is large in every try, for the suite': 'failed',
    });
    expect(recordsOf(file)).toEqual({
      'comes first': ['passed', 1, false],
      'is large in its first try': ['passed', 2, true],
      'is large in every try': ['failed', 3, true],
      'is large in its first try, for the suite': ['passed', 2, true],
      'is large in every try, for the suite': ['failed', 3, true],
    });
  });
});

describe('vitest: tests that are repeated', () => {
  let result: Outcome;
  let file: RunFile;
  beforeAll(() => {
    const project = projectFor('vitest', 'repeats', 'tracking');
    ({ result, file } = ran(project, 'repeats.test'));
  });

  it('fail when any repeat breaks a limit', () => {
    expect(verdictsOf(result)).toEqual({
      'is never large': 'passed',
      'is large at first': 'failed',
      'is large in between': 'failed',
      'is large at last': 'failed',
      'is never large, for the suite': 'passed',
      'is large at first, for the suite': 'failed',
      'is large at last, for the suite': 'failed',
      'is tried again, and large once': 'passed',
      'is tried again, and large in the last repeat': 'failed',
    });
  });

  it('have a record that says so', () => {
    const records = recordsOf(file);
    for (const [name, [state, , isBroken]] of Object.entries(records)) {
      if (state === 'failed') expect([name, isBroken]).toEqual([name, true]);
    }
    expect(records['is never large']).toEqual(['passed', 3, false]);
  });

  it('have the numbers of every repeat that came to its end', () => {
    const triesOf = (name: string) =>
      file.tests.find(({ titles }) => titles[0] === name)?.earlierTries ?? [];
    for (const name of ['is never large', 'is never large, for the suite']) {
      expect(triesOf(name)).toHaveLength(2);
      for (const { allocatedBytes } of triesOf(name)) {
        expect(allocatedBytes).toBeLessThan(2e6);
      }
    }
    const sizes = triesOf('is large at first, for the suite');
    expect(sizes[0]?.allocatedBytes).toBeGreaterThan(2e6);
  });
});
