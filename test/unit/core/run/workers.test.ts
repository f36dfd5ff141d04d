import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  finishRun,
  recoverRun,
  runOf,
  startRun,
} from '../../../../packages/core/src/run/collect.js';
import {
  parseWorkerLines,
  type WorkerLines,
} from '../../../../packages/core/src/run/read-workers.js';
import {
  parseRun,
  readRun,
  serializeRun,
} from '../../../../packages/core/src/run/run-file.js';
import type {
  FileRun,
  RunFile,
  TestRecord,
} from '../../../../packages/core/src/run/types.js';
import { openWorkerLog } from '../../../../packages/core/src/run/worker-log.js';
import { fileOf, testOf, tests } from './records.js';

const about = {
  runner: { name: 'vitest', version: '4.1.12' },
  startedAt: '2026-01-31T12:00:00.000Z',
  durationMs: 1_500,
} as const;

let root: string;
let workers: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-workers-'));
  workers = join(root, '.highwater', 'workers');
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

function onlyFile(): string {
  const [name = ''] = readdirSync(workers);
  return join(workers, name);
}

describe('a worker', () => {
  it('leaves no file when it has nothing to say', () => {
    openWorkerLog(root, 'vitest');
    expect(existsSync(join(root, '.highwater'))).toBe(false);
  });

  it('is read back record by record', () => {
    const log = openWorkerLog(root, 'vitest');
    log.append({ kind: 'test', ...testOf('parses') });
    log.append({ kind: 'file', ...fileOf('test/parser.test.ts') });
    log.append({ kind: 'process', name: 'node', pid: 7, isNode: true });
    log.append({ kind: 'cost', trackingMs: 2 });
    log.append({ kind: 'cost', trackingMs: 3 });
    log.append({ kind: 'problem', text: 'The addon is missing.' });
    const run = finishRun(root, about);
    expect(run).toMatchObject({
      node: process.versions.node,
      tests: [testOf('parses')],
      files: [fileOf('test/parser.test.ts')],
      processes: [{ name: 'node', pid: 7, isNode: true }],
      problems: ['The addon is missing.'],
      cost: { trackingMs: 5 },
    });
    expect(readRun(join(root, '.highwater', 'run.json'))).toEqual(run);
    expect(readdirSync(workers)).toEqual([]);
  });

  it('has a record of each file that somebody was to look after', () => {
    const log = openWorkerLog(root, 'vitest');
    const { worker } = log;
    const look = (file: string, order: number, limit?: number): void =>
      log.append({ kind: 'look', file, order, worker, ...(limit && { limit }) });
    look('seen.test.ts', 1);
    log.append({ kind: 'file', ...fileOf('seen.test.ts', { order: 1, worker }) });
    look('limited.test.ts', 2, 1_000);
    look('lost.test.ts', 3);
    look('skipped.test.ts', 4, 1_000);
    for (const file of ['seen', 'limited', 'lost']) {
      log.append({ kind: 'test', ...testOf('works', { file: `${file}.test.ts` }) });
    }
    const skipped = testOf('works', { file: 'skipped.test.ts', state: 'skipped' });
    log.append({ kind: 'test', ...skipped });
    const { files } = finishRun(root, about);
    expect(
      files.map(({ file, notSearched, limitsUnchecked }) => [
        file,
        notSearched !== undefined,
        limitsUnchecked,
      ]),
    ).toEqual([
      ['limited.test.ts', true, ['leftBehind']],
      ['lost.test.ts', true, undefined],
      ['seen.test.ts', false, undefined],
    ]);
    expect(files[0]?.leftBehindBytes).toBeUndefined();
  });

  it('is kept out of git, unless somebody decided', () => {
    openWorkerLog(root, 'vitest').append({ kind: 'cost', trackingMs: 1 });
    const ignore = join(root, '.highwater', '.gitignore');
    expect(readFileSync(ignore, 'utf8')).toBe('*\n');
    writeFileSync(ignore, '');
    rmSync(workers, { recursive: true });
    openWorkerLog(root, 'vitest').append({ kind: 'cost', trackingMs: 1 });
    expect(readFileSync(ignore, 'utf8')).toBe('');
  });

  it('that cannot write fails no test, and says so once', () => {
    writeFileSync(join(root, '.highwater'), 'in the way');
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const log = openWorkerLog(root, 'vitest');
    log.append({ kind: 'cost', trackingMs: 1 });
    log.append({ kind: 'cost', trackingMs: 1 });
    expect(warn.mock.calls).toEqual([
      [expect.stringMatching(/^highwater cannot record this run: E/)],
    ]);
    warn.mockRestore();
  });

  it('starts a line of its own after one that it could not finish', () => {
    const warn = vi.spyOn(process, 'emitWarning').mockImplementation(() => {});
    const log = openWorkerLog(root, 'vitest');
    log.append({ kind: 'cost', trackingMs: 1 });
    const file = onlyFile();
    // What a full disk leaves; the path is a folder for the moment, so that the write fails for root, too.
    const written = `${readFileSync(file, 'utf8')}{"kind":"co`;
    rmSync(file);
    mkdirSync(file);
    log.append({ kind: 'cost', trackingMs: 2 });
    rmSync(file, { recursive: true });
    writeFileSync(file, written);
    log.append({ kind: 'cost', trackingMs: 4 });
    const run = finishRun(root, about);
    expect(run.cost.trackingMs).toBe(5);
    expect(run.problems).toEqual([
      expect.stringMatching(
        /^A record was lost: the line is not valid JSON \(.*\.jsonl:3\)$/,
      ),
    ]);
    warn.mockRestore();
  });
});

describe('a worker that was killed', () => {
  it('loses the line it was writing, and its file is told', () => {
    const log = openWorkerLog(root, 'vitest');
    log.append({ kind: 'start', file: 'test/parser.test.ts' });
    log.append({ kind: 'test', ...testOf('parses') });
    appendFileSync(onlyFile(), '{"kind":"test","file":"test/pars');
    const run = finishRun(root, about);
    expect(run.tests).toEqual([testOf('parses')]);
    expect(run.problems).toEqual([
      expect.stringMatching(
        /^A record was lost: its worker was killed as it wrote \(.*\.jsonl:4\)$/,
      ),
      'The worker of test/parser.test.ts ended before the file did; 1 test of it is recorded.',
    ]);
  });

  it('loses that line wherever it was cut', () => {
    const log = openWorkerLog(root, 'vitest');
    log.append({ kind: 'test', ...testOf('a') });
    log.append({ kind: 'test', ...testOf('b') });
    const text = readFileSync(onlyFile(), 'utf8');
    const second = text.trimEnd().lastIndexOf('\n') + 1;
    for (let length = second + 1; length < text.length - 1; length++) {
      const lines = parseWorkerLines(text.slice(0, length), 'w.jsonl');
      expect(lines.records).toEqual([{ kind: 'test', ...testOf('a') }]);
      expect(lines.problems).toEqual([
        'A record was lost: its worker was killed as it wrote (w.jsonl:3)',
      ]);
    }
  });
});

describe('foreign files and lines', () => {
  it('are told and passed over', () => {
    openWorkerLog(root, 'vitest').append({ kind: 'test', ...testOf('parses') });
    appendFileSync(onlyFile(), '{"kind":"poem"}\n{"kind":"test","file":7}\n[1]\n\n');
    writeFileSync(join(workers, 'notes.txt'), 'mine');
    const run = finishRun(root, about);
    expect(run.tests).toHaveLength(1);
    expect(run.problems.map((text) => text.replace(/\(.*:/, '('))).toEqual([
      'A record was lost: the line is none of highwater (3)',
      'A record was lost: the line is none of highwater (4)',
      'A record was lost: the line is none of highwater (5)',
    ]);
    expect(readdirSync(workers)).toEqual(['notes.txt']);
  });

  it('of a newer highwater lose the whole file', () => {
    const lines = parseWorkerLines('{"kind":"worker","version":2}\n{}\n', 'w.jsonl');
    expect(lines).toEqual({
      header: undefined,
      records: [],
      problems: [
        "A worker's records were lost: a newer highwater wrote it: its format is 2, this one reads 1 (w.jsonl)",
      ],
    });
  });

  it('never throw', () => {
    const piece = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.json(),
      fc.constant('\n'),
      tests.map((test) => JSON.stringify({ kind: 'test', ...test })),
    );
    fc.assert(
      fc.property(fc.array(piece), (pieces) => {
        const text = pieces.join('');
        const { records, problems } = parseWorkerLines(text, 'w.jsonl');
        const filled = text.split('\n').filter((line) => line.trim() !== '');
        expect(records.length + problems.length).toBe(filled.length);
      }),
      { numRuns: 300 },
    );
  });
});

describe('the end of a run', () => {
  it('keeps the files of workers when the run cannot be written', () => {
    openWorkerLog(root, 'vitest').append({ kind: 'cost', trackingMs: 1 });
    mkdirSync(join(root, '.highwater', 'run.json'));
    expect(() => finishRun(root, about)).toThrow('could not be written');
    expect(readdirSync(workers)).toHaveLength(1);
  });

  const workerOf = (
    tests: readonly TestRecord[],
    { hasEnded = true }: { readonly hasEnded?: boolean } = {},
  ): WorkerLines => {
    const file = 'test/parser.test.ts';
    return {
      header: undefined,
      records: [
        { kind: 'start', file },
        ...tests.map((test) => ({ kind: 'test' as const, ...test })),
        ...(hasEnded ? [{ kind: 'end' as const, file }] : []),
      ],
      problems: [],
    };
  };
  const limit = { metric: 'peak', limit: 10, actual: 5, isBroken: false } as const;
  const broken = { ...limit, actual: 20, isBroken: true } as const;

  it('calls two records of one test a fault, and keeps the limit that one of them broke', () => {
    const big = testOf('parses', { limits: [broken] });
    const small = testOf('parses', { limits: [limit] });
    for (const workers of [
      [workerOf([big, small])],
      [workerOf([big]), workerOf([small])],
    ]) {
      const run = runOf(workers, about);
      expect(run.tests).toEqual([{ ...small, limits: [broken] }]);
      expect(run.problems).toEqual([]);
      expect(run.faults).toEqual([
        '1 test has two records, the first test/parser.test.ts > parser > parses. Give the projects of the runner names that differ; where they do, please report this as a fault of highwater.',
      ]);
    }
  });

  it('tells tests of two projects apart', () => {
    const both = ['large', 'small'].map((project) => testOf('parses', { project }));
    const run = runOf([{ ...workerOf(both) }], about);
    expect(run.tests).toEqual(both);
    expect(run.faults).toBeUndefined();
  });

  it.each([true, false])(
    'takes a file as it ran again when its worker was lost',
    (isFirst) => {
      const lost = workerOf([testOf('parses', { limits: [broken] })], {
        hasEnded: false,
      });
      const again = workerOf([testOf('parses'), testOf('prints')]);
      const run = runOf(isFirst ? [lost, again] : [again, lost], about);
      expect(run.tests).toEqual([
        testOf('parses', { limits: [broken] }),
        testOf('prints'),
      ]);
      expect(run.problems).toEqual([]);
      expect(run.faults).toBeUndefined();
    },
  );

  it('tells of tests that ran and have no record', () => {
    const file = 'test/parser.test.ts';
    const worker = workerOf([testOf('parses'), testOf('prints', { state: 'skipped' })]);
    const ranOf = (
      ranCount: number,
      isToTrack = true,
      of: { readonly project?: string; readonly file: string } = { file },
    ) => ({ ...of, ranCount, isToTrack });
    const faultsOf = (...ran: readonly FileRun[]) => runOf([worker], about, ran).faults;
    expect(faultsOf(ranOf(1))).toBeUndefined();
    expect(faultsOf(ranOf(2))).toEqual([
      'Records lost: 1 of 2 tests that ran have none, 1 of 2 in test/parser.test.ts.',
    ]);
    const inProject = { project: 'web', file };
    expect(faultsOf(ranOf(1), ranOf(3, true, inProject))).toEqual([
      'Records lost: 3 of 4 tests that ran have none, 3 of 3 in [web] test/parser.test.ts.',
    ]);
    expect(faultsOf(ranOf(2), ranOf(3, true, inProject))).toEqual([
      'Records lost: 4 of 5 tests that ran have none, 1 of 2 in test/parser.test.ts and others in 1 more file.',
    ]);
    // Nobody asked for records there, and nobody began to make some.
    expect(faultsOf(ranOf(1), ranOf(3, false, inProject))).toBeUndefined();
    // It set highwater up by itself.
    expect(faultsOf(ranOf(2, false))).toHaveLength(1);
  });

  it('is an empty run without workers', () => {
    expect(finishRun(root, about)).toMatchObject({ tests: [], problems: [] });
  });
});

describe('a run that was interrupted', () => {
  it('can be read as far as it came', () => {
    expect(recoverRun(root)).toBeUndefined();
    openWorkerLog(root, 'jest').append({ kind: 'test', ...testOf('parses') });
    const run = recoverRun(root);
    expect(run).toMatchObject({
      runner: { name: 'jest', version: 'unknown' },
      tests: [testOf('parses')],
      problems: ['The run did not come to its end: this is what was recorded by then.'],
    });
    expect(parseRun(serializeRun(run as RunFile), 'run.json')).toEqual(run);
    expect(readdirSync(workers)).toHaveLength(1);
  });
});

describe('the start of a run', () => {
  it('takes away what the dead left, and nothing of the living', () => {
    openWorkerLog(root, 'vitest').append({ kind: 'cost', trackingMs: 1 });
    const [own = ''] = readdirSync(workers);
    // Beyond any pid of Linux.
    writeFileSync(join(workers, '4999999-0-abc.jsonl'), '');
    writeFileSync(join(workers, 'notes.txt'), 'mine');
    startRun(root);
    expect(readdirSync(workers).sort()).toEqual([own, 'notes.txt'].sort());
  });
});
