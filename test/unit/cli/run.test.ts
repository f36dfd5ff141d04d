import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { openWorkerLog, type RunFile, serializeRun } from '@highwater/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { run } from '../../../packages/cli/src/index.js';
import {
  after,
  allocating,
  before,
  numbers,
  runOfTests,
  testOf,
} from '../report/runs.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-cli-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function highwater(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  terminal: {
    readonly isTTY?: boolean;
    readonly columns?: number;
    readonly cwd?: string;
  } = {},
): Promise<Result> {
  let [out, err] = ['', ''];
  const { cwd = folder, ...tty } = terminal;
  const code = await run(args, {
    cwd: () => cwd,
    env,
    stdout: {
      ...tty,
      write: (text) => {
        out += text;
      },
    },
    stderr: {
      write: (text) => {
        err += text;
      },
    },
  });
  // No test is about where the temporary folder is.
  const clean = (text: string): string => text.replaceAll(folder, '/app');
  return { code, out: clean(out), err: clean(err) };
}

function put(path: string, content: RunFile | string): void {
  const file = join(folder, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : serializeRun(content));
}

function read(path: string): string {
  return readFileSync(join(folder, path), 'utf8');
}

const limited = (actual: number): RunFile =>
  runOfTests([
    testOf('a', {
      limits: [{ metric: 'peak', limit: 100, actual, isBroken: actual >= 100 }],
    }),
  ]);

describe('highwater gate', () => {
  it('passes with 0 when every limit holds', async () => {
    put('.highwater/run.json', limited(99));
    expect(await highwater(['gate'])).toEqual({
      code: 0,
      out: 'Memory gate passed: 1 limit held.\n',
      err: '',
    });
  });

  it('fails with 1 when one is broken', async () => {
    put('.highwater/run.json', limited(100));
    expect(await highwater(['gate'])).toMatchObject({
      code: 1,
      out: expect.stringMatching(/Memory gate failed: 1 limit broken\.\n$/),
    });
  });

  it('fails with 1 when a test costs more than in another run', async () => {
    put('run.json', after);
    put('main.json', before);
    const { code, out } = await highwater([
      ...['gate', 'run.json', '--against', 'main.json'],
      ...['--tolerance', 'allocated=300kB'],
    ]);
    expect(code).toBe(1);
    expect(out).toContain('allocated 10.5 MB, was 10 MB (+500 kB, +5.0 %)');
    const wide = ['gate', 'main.json', '--against', 'main.json', '--tolerance', '0%'];
    expect(await highwater(wide)).toMatchObject({ code: 0 });
  });

  it('takes tolerances of several numbers', async () => {
    put('run.json', runOfTests([allocating('a', 1_100_000)]));
    put('main.json', runOfTests([allocating('a', 1_000_000)]));
    const gate = (tolerance: string): Promise<Result> =>
      highwater(['gate', 'run.json', '--against', 'main.json', '--tolerance', tolerance]);
    expect((await gate('peak=1MB,allocated=10%')).code).toBe(0);
    expect((await gate('10%,allocated=0%')).code).toBe(1);
    expect((await gate('100kB')).code).toBe(0);
    expect((await gate('99999')).code).toBe(1);
  });

  it('merges shards', async () => {
    for (const index of [1, 2, 3]) {
      put(
        `shards/run-${index}/run.json`,
        runOfTests([allocating(`test ${index}`, index * 1e7)], {
          shard: { index, count: 3 },
        }),
      );
    }
    put('main.json', runOfTests([1, 2, 3].map((i) => allocating(`test ${i}`, 1e7))));
    const { code, out } = await highwater(['gate', 'shards', '--against', 'main.json']);
    expect(code).toBe(1);
    expect(out).toContain('Regressed: 2 tests');
    rmSync(join(folder, 'shards/run-2'), { recursive: true });
    const partial = await highwater(['gate', 'shards', '--against', 'main.json']);
    expect(partial.out).toContain('Shard 2 of 3 is missing.');
    expect(partial.out).toContain('1 test gone since then');
  });

  it('fails improvements and incomplete runs when asked to', async () => {
    put(
      'run.json',
      runOfTests([allocating('a', 1e7)], { problems: ['A record was lost.'] }),
    );
    put('main.json', runOfTests([allocating('a', 2e7)]));
    const args = ['gate', 'run.json', '--against', 'main.json'];
    expect((await highwater(args)).code).toBe(0);
    expect((await highwater([...args, '--fail-on', 'improved'])).code).toBe(1);
    expect((await highwater([...args, '--fail-on', 'incomplete'])).code).toBe(1);
    expect((await highwater([...args, '--fail-on', 'improved,incomplete'])).code).toBe(1);
  });

  it('takes the noise of tests from a history, and passes over what is no run', async () => {
    [10, 14, 9, 11, 10].forEach((mb, i) => {
      const startedAt = `2026-01-0${i + 1}T00:00:00.000Z`;
      put(`runs/${i}.json`, runOfTests([allocating('a', mb * 1e6)], { startedAt }));
    });
    put('runs/broken.json', '{');
    put('run.json', runOfTests([allocating('a', 14e6)]));
    const { code, err } = await highwater(['gate', 'run.json', '--history', 'runs']);
    expect(code).toBe(0);
    expect(err).toBe(
      'highwater: A file of the history was passed over. The run file cannot be read: it ends in the middle. (/app/runs/broken.json)\n',
    );
    put('run.json', runOfTests([allocating('a', 20e6)]));
    expect((await highwater(['gate', 'run.json', '--history', 'runs'])).code).toBe(1);
  });

  it('writes every format, to files or to stdout', async () => {
    put('run.json', limited(100));
    const formats = ['junit', 'markdown', 'json', 'sarif', 'gitlab'];
    const flags = formats.flatMap((format) => [`--${format}`, `out/${format}`]);
    expect((await highwater(['gate', 'run.json', ...flags])).code).toBe(1);
    expect(read('out/junit')).toMatch(/^<\?xml/);
    expect(read('out/markdown')).toMatch(/^## ❌/);
    expect(JSON.parse(read('out/json'))).toMatchObject({ version: 1, passed: false });
    expect(JSON.parse(read('out/sarif'))).toMatchObject({ version: '2.1.0' });
    expect(JSON.parse(read('out/gitlab'))).toHaveLength(1);
    const { out, err } = await highwater(['gate', 'run.json', '--json', '-']);
    expect(JSON.parse(out)).toMatchObject({ passed: false });
    expect(err).toContain('Memory gate failed');
  });

  it('in GitHub Actions annotates, and adds to the summary of the job', async () => {
    put('repo/packages/app/run.json', limited(100));
    put('summary.md', 'Mine.\n');
    const env = {
      GITHUB_ACTIONS: 'true',
      GITHUB_STEP_SUMMARY: join(folder, 'summary.md'),
      GITHUB_WORKSPACE: join(folder, 'repo'),
    };
    const cwd = join(folder, 'repo/packages/app');
    const { out } = await highwater(['gate', 'run.json'], env, { cwd });
    expect(out).toContain('::error file=packages/app/test/parser.test.ts,line=7,');
    expect(read('summary.md')).toMatch(/^Mine\.\n## ❌ Memory gate failed/);
    const plain = await highwater(['gate', 'run.json', '--no-ci'], env, { cwd });
    expect(plain.out).not.toContain('::error');
  });

  it('in GitLab writes the code quality report', async () => {
    put('run.json', limited(100));
    await highwater(['gate', 'run.json'], { GITLAB_CI: 'true', CI_PROJECT_DIR: folder });
    expect(JSON.parse(read('gl-code-quality-report.json'))).toHaveLength(1);
  });

  it('has colours in a terminal only, and never against NO_COLOR', async () => {
    put('run.json', limited(100));
    const isColoured = async (
      args: readonly string[],
      env: Readonly<Record<string, string>>,
      isTTY: boolean,
    ): Promise<boolean> => {
      const { out } = await highwater(['gate', 'run.json', ...args], env, { isTTY });
      return out.includes('\u001B[');
    };
    expect(await isColoured([], {}, true)).toBe(true);
    expect(await isColoured([], {}, false)).toBe(false);
    expect(await isColoured([], { NO_COLOR: '1' }, true)).toBe(false);
    expect(await isColoured([], { NO_COLOR: '' }, true)).toBe(true);
    expect(await isColoured([], { FORCE_COLOR: '1' }, false)).toBe(true);
    expect(await isColoured(['--no-color'], { FORCE_COLOR: '1' }, true)).toBe(false);
    expect(await isColoured([], { TERM: 'dumb' }, true)).toBe(false);
  });
});

describe('names that are too long for a terminal', () => {
  const title = 'a title that goes on and on '.repeat(6).trim();

  it.each([
    ['are cut there', { isTTY: true, columns: 80 }, {}, false],
    ['are whole in a pipe', {}, {}, true],
    ['are whole in CI', { isTTY: true, columns: 80 }, { CI: '1' }, true],
  ])('%s', async (_, terminal, env, isWhole) => {
    put(
      'run.json',
      runOfTests([testOf(title, { measured: numbers({ peakBytes: 9e6 }) })]),
    );
    const { out } = await highwater(['show', 'run.json'], env, terminal);
    expect(out.includes(title)).toBe(isWhole);
    expect(out).toContain('test/parser.test.ts:7');
  });
});

describe('highwater, used wrongly, exits with 2 and says what to do', () => {
  it.each([
    [['gate', 'none.json'], /^highwater: The run file cannot be read: there is none\./],
    [['gate'], /there is none\.\n {2}at \/app\/\.highwater\/run\.json\n.*HIGHWATER=1/],
    [['gate', 'broken.json'], /it ends in the middle\.\n {2}at \/app\/broken\.json:1:2/],
    [['gate', 'newer.json'], /written by a newer highwater/],
    [['gate', 'empty.json'], /The run has no test in it\.\nCheck that tests ran/],
    [['gate', 'plain.json'], /nothing to judge the run by.*\nSet limits for the suite/],
    [['gate', 'beside.json'], /None of the limits could be checked.*it is concurrent/],
    [['gate', 'folder'], /No run\.json in \/app\/folder\./],
    [['gate', 'plain.json', '--against', 'none.json'], /there is none/],
    [['gate', 'plain.json', '--against', 'node22.json'], /different environments/],
    [['gate', 'plain.json', '--history', 'none'], /no file or folder/],
    [['gate', 'plain.json', '--history', 'folder'], /The history has no run to compare/],
    [['gate', 'plain.json', 'node22.json'], /cannot be merged: node20-linux-x64 and/],
    [['gate', 'plain.json', '--tolerance', 'lots'], /must be a percentage or a size/],
    [['gate', '--tolerance', 'paek=1%'], /Did you mean `peak`\?/],
    [['gate', '--fail-on', 'rain'], /Write one of improved, incomplete, left-behind\./],
    [['gate', '--window', '-1'], /Write a whole number, 0 or more\./],
    [['gate', 'limited.json', '--junit', 'plain.json/x'], /report could not be written/],
    [['gaet'], /unknown command 'gaet'\n\(Did you mean gate\?\)/],
    [
      ['gate', '--againts', 'x'],
      /unknown option '--againts'\n\(Did you mean --against\?\)/,
    ],
    [['compare', 'plain.json'], /missing required argument 'after'/],
    [['merge'], /missing required argument 'runs'/],
    [['show', 'plain.json', '--test', 'zzz'], /No test of the run has "zzz" in its name/],
  ])('%j', async (args, message) => {
    put('broken.json', '{');
    put('newer.json', '{"version": 2}');
    put('empty.json', runOfTests());
    put('plain.json', runOfTests([testOf('a')]));
    put('limited.json', limited(1));
    const { measured: _, ...beside } = testOf('b', { notMeasured: 'it is concurrent' });
    put('beside.json', runOfTests([{ ...beside, limitsUnchecked: ['peak'] }]));
    put('node22.json', runOfTests([testOf('a')], { node: '22.1.0' }));
    mkdirSync(join(folder, 'folder'));
    const { code, err } = await highwater(args);
    expect(err).toMatch(message);
    expect(code).toBe(2);
  });

  it('without a command shows its help', async () => {
    expect(await highwater([])).toMatchObject({
      code: 2,
      err: expect.stringContaining('Usage: highwater'),
    });
  });
});

describe('--help', () => {
  it.each([[[]], [['gate']], [['compare']], [['show']], [['merge']]])(
    'of %j exits with 0, in 80 columns',
    async (command) => {
      const { code, out } = await highwater([...command, '--help']);
      expect(code).toBe(0);
      expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(
        80,
      );
    },
  );

  it('teaches the commands', async () => {
    const { out } = await highwater(['--help']);
    expect(`\n${out}`).toMatchInlineSnapshot(`
      "
      Usage: highwater [options] [command]

      Gates, compares and shows what the tests of a suite cost in memory.

      A test run with highwater leaves .highwater/run.json behind: what every test
      allocated, its peak, what it left. The commands read such files, and nothing
      else.

      Options:
        -V, --version                       output the version number
        --no-color                          no colours, as with NO_COLOR=1
        -h, --help                          display help for command

      Commands:
        gate [options] [runs...]            fail when a limit is broken or something
                                            costs more
        compare [options] <before> <after>  show what changed between two runs
        show [options] [runs...]            show the summary of a run again, or one
                                            test of it
        merge [options] <runs...>           make one run of the runs of shards
        help [command]                      display help for command

      Examples:
        HIGHWATER=1 npx vitest run        measure every test, once
        highwater show                    the summary of that run again
        highwater show --test "parses"    one test: numbers, limits, callsites
        highwater gate                    fail when a limit or a baseline is broken
        highwater gate --against main/run.json
                                          and when a test costs more than on main

      Exit codes: 0 nothing worse, 1 regressed or a limit broken, 2 used wrongly.
      "
    `);
  });
});

describe('highwater compare', () => {
  const compare = (...options: readonly string[]): ReturnType<typeof highwater> => {
    put('a.json', before);
    put('b.json', after);
    return highwater(['compare', 'a.json', 'b.json', ...options]);
  };
  const tolerance = ['--tolerance', 'allocated=300kB'];

  it('shows what changed, and exits with 0', async () => {
    const { code, out } = await compare(...tolerance, '--sites', '1');
    expect(code).toBe(0);
    expect(out).toContain('Regressed: 2 tests');
    expect(out).toContain('was in test/old.test.ts');
  });

  it('writes it as data, alone on stdout when asked', async () => {
    const { code, out, err } = await compare(...tolerance, '--json', '-');
    expect(code).toBe(0);
    expect(err).toContain('Regressed: 2 tests');
    const { version, changes, added, removed } = JSON.parse(out);
    expect(version).toBe(1);
    expect(changes[0]).toMatchObject({ verdict: 'regressed' });
    expect(changes[0].metrics[0]).toEqual({
      metric: 'allocatedBytes',
      before: 2_000_000,
      now: 3_000_000,
      difference: 1_000_000,
      allowed: 300_000,
      allowedBy: 'absolute',
      verdict: 'regressed',
      isNoiseKnown: false,
    });
    expect(changes.map(({ movedFrom }: { movedFrom?: string }) => movedFrom)).toContain(
      'test/old.test.ts',
    );
    expect([added.length, removed.length]).toEqual([3, 1]);
  });

  it('says that a file cannot be written, with exit code 2', async () => {
    put('taken', 'a file');
    const { code, err } = await compare('--json', 'taken/x');
    expect(code).toBe(2);
    expect(err).toContain('The report could not be written');
  });
});

describe('highwater merge', () => {
  it('makes one run of shards', async () => {
    for (const index of [1, 3]) {
      const shard = { index, count: 3 };
      put(`${index}.json`, runOfTests([allocating(`${index}`, 1)], { shard }));
    }
    expect(await highwater(['merge', '1.json', '3.json'])).toEqual({
      code: 0,
      out: '2 tests in .highwater/run.json\n',
      err: 'highwater: Shard 2 of 3 is missing.\n',
    });
    await highwater(['merge', '1.json', '--out', 'deep/all.json']);
    expect(JSON.parse(read('deep/all.json')).tests).toHaveLength(1);
  });
});

describe('highwater show', () => {
  it('shows the summary again, or a test', async () => {
    put('.highwater/run.json', after);
    const { out } = await highwater(['show', '--top', '1']);
    expect(out).toContain('Highest peak\n  31.2 MB  parser > has a limit');
    const one = await highwater(['show', '--test', 'LARGE DOC']);
    expect(one.out).toContain('10.5 MB  10,500,000 B');
    expect(one.out).not.toContain('is new');
  });

  it('says when nothing was measured', async () => {
    put('.highwater/run.json', runOfTests());
    expect((await highwater(['show'])).out).toBe('No test of this run was measured.\n');
  });

  it('reads a run that was interrupted', async () => {
    openWorkerLog(folder, 'vitest').append({ kind: 'test', ...allocating('a', 5_000) });
    const { code, out } = await highwater(['show']);
    expect(code).toBe(0);
    expect(out).toContain('The run did not come to its end');
    expect(out).toContain('5 kB  parser > a');
    expect(existsSync(join(folder, '.highwater/run.json'))).toBe(false);
    // An older run does not hide it.
    put('.highwater/run.json', before);
    expect((await highwater(['show'])).out).toContain('The run did not come to its end');
  });
});
