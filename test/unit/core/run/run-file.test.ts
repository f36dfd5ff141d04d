import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  parseRun,
  readRun,
  serializeRun,
  writeRun,
} from '../../../../packages/core/src/run/run-file.js';
import { runOfTests, testOf, tests } from './records.js';

const path = '/app/.highwater/run.json';

function problem(text: string): string {
  try {
    parseRun(text, path);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no problem';
}

const good = serializeRun(runOfTests([testOf('parses'), testOf('prints')]));

describe('a run file', () => {
  it('has one record on a line', () => {
    expect(good.split('\n').filter((line) => line.includes('"titles"'))).toHaveLength(2);
    expect(good.endsWith('}\n')).toBe(true);
  });

  it('reads back as it was written', () => {
    fc.assert(
      fc.property(fc.array(tests), (list) => {
        const run = runOfTests(list);
        expect(parseRun(serializeRun(run), path)).toEqual(run);
      }),
    );
  });
});

describe('a broken run file', () => {
  it.each([
    ['', 'it ends in the middle', ':1:1'],
    [good.slice(0, 40), 'it ends in the middle', ''],
    ['[]', '`version` is missing', ''],
    ['null', 'it must be an object', ''],
    ['{"version": 1,}', '"}" is not JSON here', ':1:15'],
    [good.replace('"version": 1', '"version": 0'), '`version` must be 1', ':2:3'],
    [good.replace('"ordinal":1', '"ordinal":0'), '`tests[0].ordinal` must be', ':12:'],
    [
      good.replace('"peakBytes":50000', '"peakBytes":"50 kB"'),
      '`tests[0].measured.peakBytes` must be a number',
      ':12:',
    ],
    [good.replace('50000', '1e999'), 'must be a finite number', ':12:'],
    [good.replace('50000', '1e300'), 'a number of at most 2^53', ':12:'],
    [good.replace('"state":"passed"', '"state":"fine"'), '"passed", "failed" or', ':12:'],
    [good.replace('"line":7,', '"mood":7,'), 'unknown key `tests[0].mood`', ''],
    [good.replace('"line":7,', '"__proto__":{},'), 'unknown key', ':12:'],
    [good.replace('"node": "20', '"node": "v20'), '`node` must be a version', ''],
    [good.replace('"problems": []', '"problems": {}'), 'must be a list of texts', ''],
  ])('%# is an error with its position', (text, expected, at) => {
    const message = problem(text);
    expect(message).toContain(expected);
    expect(message).toContain(`at ${path}${at}`);
  });

  it('of a newer format says so, whatever else is in it', () => {
    expect(problem('{"version": 2, "whatever": []}')).toContain(
      'its format is 2, this one reads 1',
    );
  });

  it('too large for a parser with positions still says what is wrong', () => {
    const filler = `"${'x'.repeat(4_100_000)}"`;
    expect(problem(`{"a": ${filler},\n "b": }`)).toContain('it is not valid JSON');
    expect(problem(`{"a": ${filler}`)).toContain('it ends in the middle');
    expect(problem(`{"version": 1, "node": ${filler}}`)).toContain(
      '`highwater` is missing',
    );
  });

  it('never does anything but say so', () => {
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(20),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (from, length, insert) => {
          const text = good.slice(0, from) + insert + good.slice(from + length);
          expect(problem(text)).toMatch(/^(no problem$|The run file )/);
        },
      ),
      { numRuns: 500 },
    );
  });

  it('changes no prototype', () => {
    problem(good.replace('"line":7,', '"__proto__":{"polluted":true},'));
    expect({}).not.toHaveProperty('polluted');
  });
});

describe('on the disk', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'highwater-run-file-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('is written whole, with nothing beside it', () => {
    const file = join(folder, 'deep', 'run.json');
    writeRun(file, runOfTests([testOf('old')]));
    const run = runOfTests([testOf('new')]);
    writeRun(file, run);
    expect(readRun(file)).toEqual(run);
    expect(readdirSync(join(folder, 'deep'))).toEqual(['run.json']);
    expect(readFileSync(file, 'utf8')).toBe(serializeRun(run));
  });

  it('that cannot be written says so, and leaves nothing beside it', () => {
    mkdirSync(join(folder, 'run.json'));
    expect(() => writeRun(join(folder, 'run.json'), runOfTests())).toThrow(
      /^The run file could not be written: .*\n {2}at .*run\.json\nWhat was there/,
    );
    expect(readdirSync(folder)).toEqual(['run.json']);
  });

  it('that is not there says how to make one', () => {
    expect(() => readRun(join(folder, 'none.json'))).toThrow(
      /^The run file cannot be read: there is none\.\n.*\n.*HIGHWATER=1 npx vitest run$/,
    );
  });
});
