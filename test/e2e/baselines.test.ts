// Baselines as a user meets them: recorded, held, broken, updated; in both runners.

import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  type JestRun,
  type Project,
  root,
  type VitestRun,
  verdictsOf,
} from '../tools/project.mjs';
import { type Outcome, projectFor, type Runner, run, testNamed, textOf } from './runs.js';

const LOCAL = { CI: '' };
const CI = { CI: '1' };
const TEXTS = join(root, 'test/e2e/baseline-texts.txt');

const recordedBy = new Map<Runner, string>();

describe.each(['vitest', 'jest'] as const)('%s', (runner) => {
  let project: Project;
  const start = (name: string): void => {
    project = projectFor(runner, `baselines-${name}`, 'baselines');
  };
  const path = (file: string): string => join(project.dir, file);
  const baseline = (file: string): string =>
    path(`__memory__/${file}.test.ts.memory.json`);
  const text = (file: string): string => readFileSync(baseline(file), 'utf8');
  const keys = (file: string): readonly string[] =>
    Object.keys(JSON.parse(text(file)).tests);
  const go = (fixture: string, env: object, options: VitestRun & JestRun = {}): Outcome =>
    run(project, { fixture, mode: 'inBand', ...options, env: { ...env } });
  const edit = (change: (source: string) => string, file = 'src/work.ts'): void => {
    writeFileSync(path(file), change(readFileSync(path(file), 'utf8')));
  };

  describe('round trip', () => {
    const original = readFileSync(
      join(root, 'test/e2e/fixtures/baselines/common/src/work.ts'),
      'utf8',
    );
    const edited = original.replace(/\S+; \/\/ edit: (.*)/g, (line, edit: string) =>
      line.includes('point.y') ? `${edit};` : line,
    );
    // Each marked number gives way to what stands behind it.
    const change = (): void =>
      edit(() =>
        edited
          .replace(/\((1_000|100|10)\); \/\/ edit: (.*)/g, '($2);')
          .replace(/point\.y; \/\/ edit: (.*)/, '$1;'),
      );
    let recorded: string;
    beforeAll(() => start('round-trip'));

    it('records in the first local run', () => {
      const result = go('work.test', LOCAL);
      expect(result.exitCode).toBe(0);
      expect(result.stderr).toMatch(/^ 6 memory baselines written$/m);
      recorded = text('work');
      recordedBy.set(runner, recorded);
      expect(keys('work')).toContain('work > that stays');
    });

    it.each([
      ['locally', LOCAL],
      ['in CI', CI],
    ])('holds %s, and leaves the file alone', (_, env) => {
      const result = go('work.test', env);
      expect(result.exitCode).toBe(0);
      expect(result.stderr).not.toContain('memory baseline');
      expect(text('work')).toBe(recorded);
    });

    it('fails when the code costs more, with the line that does', async () => {
      change();
      // Lines shift, which is no change.
      edit((source) => `// A line more.\n${source}`);
      const result = go('work.test', CI);
      expect(verdictsOf(result)).toEqual({
        'work of 25 % more': 'failed',
        'work of 5 % more': 'failed',
        'work of a buffer': 'failed',
        'work of one more object': 'failed',
        'work that leaks': 'failed',
        'work that stays': 'passed',
      });
      expect(text('work')).toBe(recorded);
      const line = (name: string): number =>
        readFileSync(path('src/work.ts'), 'utf8')
          .split('\n')
          .findIndex((one) => one.includes(`function ${name}(`)) + 1;
      for (const [test, site] of [
        ['work of 5 % more', 'makePoints'],
        ['work of 25 % more', 'makePoints'],
        ['work of one more object', 'makePoints'],
        ['work of a buffer', 'buffered'],
        ['work that leaks', 'leaking'],
      ] as const) {
        const { message } = testNamed(result, test);
        expect(message).toMatch(new RegExp(`\\b${site} +src/work\\.ts:${line(site)}\\b`));
      }
      const texts = result.tests
        .filter(({ status }) => status === 'failed')
        // Native bytes are those of the C library, too: not the same everywhere.
        .filter(({ name }) => name !== 'work of a buffer')
        .map((test) => `=== ${test.name}\n\n${normalized(textOf(test))}\n`)
        .sort();
      for (const row of texts.join('\n').split('\n')) {
        expect(row.length).toBeLessThanOrEqual(80);
      }
      await expect(texts.join('\n')).toMatchFileSnapshot(TEXTS);
    });

    it('-u records what differs, and leaves the rest byte-identical', () => {
      const result = go('work.test', LOCAL, { args: ['-u'] });
      expect(result.tests.filter(({ status }) => status !== 'passed')).toEqual([]);
      expect(result.stderr).toMatch(/^ 5 memory baselines updated$/m);
      const [before, after] = [recorded, text('work')].map(
        (one) => JSON.parse(one).tests,
      );
      expect(after['work > that stays']).toEqual(before['work > that stays']);
      expect(after['work > of 5 % more']).not.toEqual(before['work > of 5 % more']);
      expect(go('work.test', CI).exitCode).toBe(0);
    });

    it('reports what became better, and changes nothing', () => {
      edit(() => original);
      const updated = text('work');
      const result = go('work.test', LOCAL);
      expect(result.exitCode).toBe(0);
      expect(result.stderr).toMatch(
        /^ 5 memory baselines improved: record them with -u$/m,
      );
      expect(result.stderr).toContain('work.test.ts > work > of 25 % more');
      expect(text('work')).toBe(updated);
    });

    it('-u takes the improvement, down to the byte', () => {
      go('work.test', LOCAL, { args: ['-u'] });
      expect(withoutSpread(text('work'))).toEqual(withoutSpread(recorded));
    });
  });

  describe('CI', () => {
    beforeAll(() => start('ci'));

    it('fails without a baseline, records nothing, and says how to record it', () => {
      const result = go('retry.test', CI);
      const { message, status } = testNamed(result, 'comes after it');
      expect(status).toBe('failed');
      expect(textOf({ name: '', status, message })).toContain(
        'There is no memory baseline of "comes after it" (node',
      );
      expect(message).toContain('Next: run the test locally');
      expect(existsSync(path('__memory__'))).toBe(false);
    });

    it('fails without a record of this environment, or warns', () => {
      go('retry.test', LOCAL);
      const [environment = ''] = Object.keys(
        JSON.parse(text('retry')).tests['comes after it'],
      );
      writeFileSync(
        baseline('retry'),
        text('retry').replaceAll(environment, 'node8-sunos-mips'),
      );
      const before = text('retry');
      const { message } = testNamed(go('retry.test', CI), 'comes after it');
      expect(message.replace(/\s+/g, ' ')).toContain('has one for node8-sunos-mips');
      edit(
        (source) => source.replaceAll('metrics:', "missingEnvironment: 'warn', metrics:"),
        'retry.test.ts',
      );
      const warned = go('retry.test', CI);
      expect(warned.exitCode).toBe(0);
      expect(warned.stderr).toMatch(
        new RegExp(`^ 2 memory baselines missing for ${environment}$`, 'm'),
      );
      expect(text('retry')).toBe(before);
    });
  });

  describe('names', () => {
    const expected = [
      '../../\u001b[31mescape',
      '__proto__',
      'has several',
      'has several [2]',
      'has several: named',
      'outer > has the same name',
      'outer > has the same name (2)',
      'outer > inner > is nested',
      'outer > makes 2',
      'outer > makes 3',
    ];
    beforeAll(() => start('names'));

    it('are the paths of the tests, with numbers where they repeat', () => {
      expect(go('names.test', LOCAL).exitCode).toBe(0);
      expect(keys('names')).toEqual(expected);
      expect(go('names.test', CI).exitCode).toBe(0);
      expect(readdirSync(path('__memory__'))).toEqual(['names.test.ts.memory.json']);
    });

    it('hold for the same file in the other runner', () => {
      const own = [...recordedBy].find(([other]) => other !== runner);
      if (own === undefined) return;
      const [, theirs] = own;
      expect(Object.keys(JSON.parse(theirs).tests)).toEqual(
        Object.keys(JSON.parse(recordedBy.get(runner) ?? '{}').tests),
      );
    });

    it('are not obsolete while a filter leaves them out', () => {
      const before = text('names');
      const result = go('names.test', LOCAL, { args: ['-u', '-t', 'has several'] });
      expect(result.stderr).not.toContain('memory baseline');
      expect(text('names')).toBe(before);
    });

    it('are obsolete when their tests are gone, and -u removes them', () => {
      edit(
        (source) => source.replace(/it\('__proto__'[\s\S]*?\n}\);\n/, ''),
        'names.test.ts',
      );
      const before = text('names');
      const result = go('names.test', LOCAL);
      expect(result.stderr).toMatch(/^ 1 memory baseline obsolete: remove it with -u$/m);
      expect(text('names')).toBe(before);
      expect(go('names.test', LOCAL, { args: ['-u'] }).stderr).toMatch(
        /^ 1 memory baseline removed$/m,
      );
      expect(keys('names')).toEqual(expected.filter((key) => key !== '__proto__'));
    });

    it('of a file that is gone are obsolete with it', () => {
      renameSync(path('names.test.ts'), path('renamed.test.ts'));
      const result = go('renamed.test', LOCAL);
      expect(result.stderr).toMatch(/^ 9 memory baselines written$/m);
      expect(result.stderr).toMatch(
        /^ 1 memory baseline file obsolete: remove it with -u$/m,
      );
      go('renamed.test', LOCAL, { args: ['-u'] });
      expect(readdirSync(path('__memory__'))).toEqual(['renamed.test.ts.memory.json']);
    });
  });

  describe('special cases', () => {
    beforeAll(() => start('special'));
    afterAll(() => rmSync(path('__memory__'), { recursive: true, force: true }));

    it('a retry records its last attempt only', () => {
      expect(go('retry.test', LOCAL).exitCode).toBe(0);
      const { tests } = JSON.parse(text('retry'));
      expect(Object.keys(tests)).toEqual(['comes after it', 'fails twice']);
      const [record] = Object.values(tests['fails twice']) as [
        { heap: { allocatedCount: { value: number } } },
      ];
      expect(record.heap.allocatedCount.value).toBe(3);
    });

    it('misuse is refused, and nothing of it recorded', () => {
      const result = go('misuse.test', LOCAL);
      const said = (name: string): string => testNamed(result, name).message;
      expect(said('is negated')).toContain('not.toMatchMemoryBaseline() says nothing');
      expect(said('has a tolerance that is none')).toContain(
        "must be a percentage or a size, got 'a bit'",
      );
      expect(said('has metrics that are none')).toContain("a list of 'allocatedBytes'");
      expect(said('has an option of others')).toContain('has no option `ledger`');
      expect(said('is concurrent')).toContain(
        'toMatchMemoryBaseline() in a concurrent test',
      );
      expect(said('is noise')).toContain('retainedBytes has more spread than signal');
      expect(keys('misuse')).toEqual(['has two baselines', 'has two baselines [2]']);
    });

    it('a broken file is named and left alone, with -u too', () => {
      const good = text('retry');
      const cases: readonly (readonly [string, string, RegExp])[] = [
        ['truncated', good.slice(0, 200), /it ends in the middle/],
        ['edited', good.replace('"sync"', 'sync'), /"sync" is not JSON here/],
        [
          'newer',
          good.replace('"formatVersion": 1', '"formatVersion": 9'),
          /newer highwater/,
        ],
        ['conflict', `<<<<<<< HEAD\n${good}`, /unresolved merge conflict/],
        ['hostile', '['.repeat(1e5), /nested too deeply/],
      ];
      for (const [name, broken] of cases) {
        const test = `import { expect, it } from './runner';
          it('${name}', () => {
            expect(() => ({})).toMatchMemoryBaseline({ metrics: ['allocatedCount'] });
          });`;
        writeFileSync(path(`broken-${name}.test.ts`), test);
        writeFileSync(baseline(`broken-${name}`), broken);
      }
      const result = go('broken-', LOCAL, { args: ['-u'] });
      for (const [name, broken, problem] of cases) {
        const { message } = testNamed(result, name);
        expect(message).toMatch(problem);
        expect(message).toMatch(
          new RegExp(`at .*__memory__/broken-${name}\\.test\\.ts\\.memory\\.json`),
        );
        expect(text(`broken-${name}`)).toBe(broken);
      }
    });

    it('without the reporter a worker says it itself', () => {
      rmSync(baseline('retry'));
      const args =
        runner === 'jest' ? ['--reporters=default'] : ['--config=no-plugin.config.ts'];
      if (runner === 'vitest') {
        writeFileSync(
          path('no-plugin.config.ts'),
          "export default { test: { setupFiles: ['@highwater/vitest/setup'], testTimeout: 120_000 } };\n",
        );
      }
      const result = go('retry.test', LOCAL, { args });
      expect(result.exitCode).toBe(0);
      expect(result.stderr).toMatch(/^2 memory baselines written$/m);
    });

    it('shards and parallel workers write one folder, and lose nothing', () => {
      rmSync(path('__memory__'), { recursive: true });
      const own = (shard: string): Outcome =>
        go('(retry|names).test', LOCAL, { mode: 'children', args: [`--shard=${shard}`] });
      // Vitest knows no patterns: its filters are parts of paths.
      const shards = ['1/2', '2/2'].map((shard) =>
        runner === 'jest'
          ? own(shard)
          : go('retry.test', LOCAL, { args: ['names.test', `--shard=${shard}`] }),
      );
      expect(shards.map(({ exitCode }) => exitCode)).toEqual([0, 0]);
      expect(readdirSync(path('__memory__'))).toEqual([
        'names.test.ts.memory.json',
        'retry.test.ts.memory.json',
      ]);
      const before = [text('names'), text('retry')];
      const together = go(runner === 'jest' ? '(retry|names).test' : 'retry.test', CI, {
        mode: 'children',
        args: runner === 'jest' ? [] : ['names.test'],
      });
      expect(together.exitCode).toBe(0);
      expect([text('names'), text('retry')]).toEqual(before);
    });

    it('two files of one base name have files of their own', () => {
      mkdirSync(path('deep'));
      for (const file of ['retry.test.ts', 'runner.ts']) {
        writeFileSync(path(`deep/${file}`), readFileSync(path(file), 'utf8'));
      }
      expect(go('retry.test', LOCAL, { mode: 'children' }).exitCode).toBe(0);
      expect(existsSync(path('deep/__memory__/retry.test.ts.memory.json'))).toBe(true);
      expect(existsSync(baseline('retry'))).toBe(true);
    });
  });
});

it('both runners write the same file', ({ skip }) => {
  // With a filter one of them was left out.
  skip(recordedBy.size < 2);
  const [a, b] = [...recordedBy.values()].map(withoutSpread);
  expect(a).toBeDefined();
  expect(a?.tests['work > of 5 % more']).toEqual(b?.tests['work > of 5 % more']);
  expect(a?.tests['work > of one more object']).toEqual(
    b?.tests['work > of one more object'],
  );
});

/** Noise is measured anew each time; how many rounds it took, too. */
function withoutSpread(text: string): {
  readonly tests: Readonly<Record<string, unknown>>;
} {
  return JSON.parse(text, (key, value) =>
    key === 'spread' || key === 'rounds' || key === 'peakBytes' ? undefined : value,
  );
}

/** Without what differs from Node to Node and from run to run. */
function normalized(text: string): string {
  return text.replace(/\(node\d+-\w+-\w+\)/g, '(<environment>)');
}
