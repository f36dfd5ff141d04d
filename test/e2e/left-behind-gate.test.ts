// A file that leaves something behind in its worker, and a gate: real runners, the command as a process.

import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { type FileRecord, type RunFile, readRun } from '../../packages/core/src/index.js';
import type { JestRun, Project, VitestRun } from '../tools/project.mjs';
import { cleanEnv } from '../tools/project.mjs';
import { type Outcome, projectFor, type Runner, run } from './runs.js';

const node = process.env.HIGHWATER_TEST_NODE ?? process.execPath;
const COUNT = 8;
const LEAKY = 5;

interface Mode {
  readonly runner: Runner;
  readonly how: VitestRun & JestRun;
  /** Holds a list for as long as the worker lives. */
  readonly keep: string;
  readonly heldBy: string;
}

const modes: readonly Mode[] = [
  {
    runner: 'vitest',
    how: { pool: 'forks', args: ['--no-isolate', '--maxWorkers=1'] },
    keep: 'globalThis.kept = list;',
    heldBy: 'globalThis.kept: Array',
  },
  {
    runner: 'jest',
    how: { mode: 'inBand', args: ['--testMatch', '**/t/*.test.js'] },
    keep: "process.getBuiltinModule('node:path').kept = list;",
    heldBy: 'node:path → .kept: Array',
  },
];

describe.each(modes)('$runner', ({ runner, how, keep, heldBy }) => {
  let project: Project;

  const suite = (leak: string, tracking: object, env = {}): Outcome => {
    writeFile(project, LEAKY, leak);
    return run(project, {
      ...how,
      env: { E2E_TRACKING: JSON.stringify(tracking), ...env },
    });
  };
  const keptRun = (): RunFile => readRun(join(project.dir, '.highwater/run.json'));
  const leakyFile = (): FileRecord | undefined =>
    keptRun().files.find(({ file }) => file === fileAt(LEAKY));
  const keepAs = (name: string): void => {
    const text = readFileSync(join(project.dir, '.highwater/run.json'));
    writeFileSync(join(project.dir, name), text);
  };
  const gate = (...args: readonly string[]) => {
    const bin = join(project.dir, 'node_modules/@highwater/cli/bin/highwater.js');
    const { status, stdout, stderr } = spawnSync(node, [bin, 'gate', ...args], {
      cwd: project.dir,
      env: cleanEnv({}),
      encoding: 'utf8',
    });
    return { status, text: stdout + stderr };
  };
  const list = 'const list = Array.from({ length: 60_000 }, (_, x) => ({ x }));';
  const leak = `${list} ${keep}`;

  beforeAll(() => {
    project = projectFor(runner, 'left-gate', 'tracking');
    for (const name of readdirSync(project.dir)) {
      if (name.endsWith('.test.ts')) rmSync(join(project.dir, name));
    }
    for (let i = 0; i < COUNT; i++) writeFile(project, i, '');
  });

  it('a file that newly leaves something fails it, and unchanged files do not', () => {
    expect(suite(list, { track: 'files' }).exitCode).toBe(0);
    keepAs('main.json');
    suite(list, { track: 'files' });
    keepAs('again.json');
    expect(gate('--against', 'main.json').status).toBe(0);

    expect(suite(leak, { track: 'files' }).exitCode).toBe(0);
    const { status, text } = gate('--against', 'main.json');
    expect(text).toContain('Left behind more: 1 file');
    expect(text).toContain(fileAt(LEAKY));
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`1 Array, held by ${heldBy}`);
    expect(text).toContain('Memory gate failed: 1 file left behind more.');
    expect(status).toBe(1);
    expect(gate('--history', 'main.json', '--history', 'again.json').status).toBe(1);
    expect(gate('--against', 'main.json', '--tolerance', 'left-behind=1GB').status).toBe(
      0,
    );
    keepAs('leaky.json');
    // No more than it did.
    expect(gate('--against', 'leaky.json').status).toBe(0);
  });

  it('says so when nobody looked in one of the runs', () => {
    suite(leak, { track: true });
    const { status, text } = gate('--against', 'main.json');
    expect(text).toContain('was not compared: nobody looked in this run');
    expect(status).toBe(0);
    expect(gate('--against', 'main.json', '--fail-on', 'left-behind').status).toBe(1);
  });

  it('a limit is kept at what the file leaves, broken by a byte less', () => {
    suite(leak, { track: 'files' });
    const left = leakyFile()?.leftBehindBytes ?? 0;
    expect(left).toBeGreaterThan(1_000_000);

    expect(suite(leak, { limits: { leftBehind: '500 kB' } }).stderr).toContain(
      'Limits of what files leave behind broken: 1 file',
    );
    const { status, text } = gate();
    expect(text).toContain('Limit broken: 1 file');
    expect(text).toContain('limit 500 kB');
    expect(text.replaceAll(/\s+/g, ' ')).toContain(`held by ${heldBy}`);
    expect(status).toBe(1);

    // By its glob it may; the others keep the strict one.
    const files = { '**/f005*': { leftBehind: left + 100_000 } };
    suite(leak, { limits: { leftBehind: '100 kB', files } });
    expect(keptRun().files.map(({ limits }) => limits?.[0]?.limit)).toEqual(
      Array.from({ length: COUNT }, (_, i) => (i === LEAKY ? left + 1e5 : 1e5)),
    );
    expect(gate().status).toBe(0);
    expect(gate('--fail-on', 'incomplete').status).toBe(0);
  });

  it('a limit of the environment holds, too, and a small one is looked for', () => {
    const small = leak.replace('60_000', '1_500');
    suite(small, { track: true }, { HIGHWATER_LIMIT_LEFT_BEHIND: '20 kB' });
    expect(leakyFile()?.limits).toMatchObject([{ limit: 20_000, isBroken: true }]);
    expect(gate().status).toBe(1);
  });

  it('a limit is not taken for kept where a matcher took the marks away', () => {
    const matcher = 'expect(() => [1, 2, 3].map(String)).toNotLeak();';
    suite(`${matcher} ${leak}`, { limits: { leftBehind: '1 MB' } });
    expect(leakyFile()).toMatchObject({
      notSearched: 'a memory matcher, or an inspector, ran in it',
      limitsUnchecked: ['leftBehind'],
    });
    const { status, text } = gate();
    expect(text).toContain('Limits not checked: 1 file');
    expect(status).toBe(0);
    expect(gate('--fail-on', 'incomplete').status).toBe(1);
  });
});

describe('a limit that nobody could hold', () => {
  it('fails the files of isolated workers, and says why', () => {
    const project = projectFor('vitest', 'left-isolated', 'tracking');
    const { exitCode, stdout, stderr } = run(project, {
      fixture: 'suite.test',
      pool: 'forks',
      env: { E2E_TRACKING: JSON.stringify({ limits: { leftBehind: '1 MB' } }) },
    });
    expect(exitCode).toBe(1);
    expect(stdout + stderr).toContain('The limit `leftBehind` cannot be held');
  });
});

function fileAt(index: number): string {
  return `t/f${String(index).padStart(3, '0')}.test.js`;
}

function writeFile({ dir, runner }: Project, index: number, body: string): void {
  mkdirSync(join(dir, 't'), { recursive: true });
  const from = runner === 'jest' ? '@jest/globals' : 'vitest';
  writeFileSync(
    join(dir, fileAt(index)),
    `import { expect, it } from '${from}';
it('works', () => {
  ${body}
  expect(${index}).toBe(${index});
});
`,
  );
}
