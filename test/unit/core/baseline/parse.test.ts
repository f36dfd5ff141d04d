import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  applyChanges,
  type BaselineFile,
  serialize,
} from '../../../../packages/core/src/baseline/file.js';
import { parseBaseline } from '../../../../packages/core/src/baseline/parse.js';
import { files, keys, record, records } from './records.js';

const path = '/app/__memory__/parser.test.ts.memory.json';

function parse(text: string): BaselineFile {
  return parseBaseline(text, path);
}

function problem(text: string): string {
  try {
    parse(text);
  } catch (error) {
    return (error as Error).message;
  }
  return 'no problem';
}

const good = serialize(new Map([['parses', new Map([['node22-linux-x64', record()]])]]));

describe('a file', () => {
  it('is sorted, with two spaces and a newline at the end', () => {
    const file = new Map([
      ['b', new Map([['node22-linux-x64', record()]])],
      [
        'a',
        new Map([
          ['node24-linux-x64', record()],
          ['node22-linux-x64', record()],
        ]),
      ],
    ]);
    const text = serialize(file);
    expect(text.endsWith('}\n')).toBe(true);
    expect(text.match(/^ {4}"[ab]"/gm)).toEqual(['    "a"', '    "b"']);
    expect(text.match(/node\d+-linux-x64/g)).toEqual([
      'node22-linux-x64',
      'node24-linux-x64',
      'node22-linux-x64',
    ]);
    expect(text).toBe(`${JSON.stringify(JSON.parse(text), null, 2)}\n`);
  });

  it('reads back as it was written, and is written as it was read', () => {
    fc.assert(
      fc.property(files, (file) => {
        const text = serialize(file);
        expect(parse(text)).toEqual(file);
        expect(serialize(parse(text))).toBe(text);
      }),
    );
  });

  it('does not depend on the order in which environments come', () => {
    fc.assert(
      fc.property(
        files,
        fc.dictionary(keys, records),
        fc.dictionary(keys, records),
        fc.array(keys),
        (file, a, b, gone) => {
          const first = {
            environment: 'node22-linux-x64',
            records: new Map(Object.entries(a)),
            removed: new Set(gone),
          };
          const second = {
            environment: 'node24-linux-arm64',
            records: new Map(Object.entries(b)),
            removed: new Set<string>(),
          };
          const one = applyChanges(applyChanges(file, first), second);
          const other = applyChanges(applyChanges(file, second), first);
          expect(serialize(one)).toBe(serialize(other));
        },
      ),
    );
  });

  it('changes one entry when one test changes', () => {
    fc.assert(
      fc.property(files, keys, records, (file, key, now) => {
        const environment = 'node22-linux-x64';
        const changes = {
          environment,
          records: new Map([[key, now]]),
          removed: new Set<string>(),
        };
        const after = applyChanges(file, changes);
        for (const [other, environments] of file) {
          if (other !== key) expect(after.get(other)).toEqual(environments);
          else {
            for (const [name, one] of environments) {
              if (name !== environment) expect(after.get(other)?.get(name)).toEqual(one);
            }
          }
        }
        expect(after.get(key)?.get(environment)).toEqual(now);
      }),
    );
  });

  it('may have a byte order mark and Windows line ends', () => {
    expect(parse(`\uFEFF${good.replaceAll('\n', '\r\n')}`)).toEqual(parse(good));
  });
});

describe('a broken file', () => {
  it.each([
    ['', 'it ends in the middle', '1:1'],
    [good.slice(0, 60), 'it ends in the middle', '5:8'],
    ['{"formatVersion": 1,}', '"}" is not JSON here', '1:21'],
    [good.replace('"tier"', 'tier'), '"tier" is not JSON here', '23:9'],
    ['[]', 'an object was expected', '1:1'],
    ['null', 'an object was expected', '1:1'],
    ['{"formatVersion": 0, "tests": {}}', '`formatVersion` must be 1', '1:2'],
    ['{"tests": {}}', '`formatVersion` must be 1', '1:1'],
    ['{"formatVersion": 1}', '`tests` is missing', '1:1'],
    ['{"formatVersion": 1, "tests": {}, "x": 1}', 'unknown key "x"', '1:35'],
    [
      good.replace('"value": 10000', '"value": "10000"'),
      '`heap.allocatedBytes.value` must be a number',
      '',
    ],
    [good.replace('10000', '1e999'), 'must be a finite number', ''],
    [good.replace('10000', '1e300'), 'a number of at most 2^53', ''],
    [good.replace('"spread": 0', '"spread": -1'), 'must be a number, 0 or more', ''],
    [good.replace('"sync"', '"both"'), '`kind` must be "sync" or "async"', ''],
    [good.replace('"22.1.0"', '"new"'), '`node` must be a version', ''],
    [good.replace('"tier": "baseline",', ''), '`tier` is missing', ''],
    [good.replace('"tier"', '"mood": 1, "tier"'), 'unknown key `mood`', ''],
    [
      good.replace('"node22-linux-x64":', '"node22-linux-x64": {}, "node22-linux-x64":'),
      'the key "node22-linux-x64" is there twice',
      '5:31',
    ],
    [`{"formatVersion": 1, "tests": ${'['.repeat(100_000)}`, 'nested too deeply', ''],
  ])('%# is an error with its position', (text, expected, at) => {
    const message = problem(text);
    expect(message).toContain(expected);
    expect(message).toMatch(/\n {2}at \/app\/__memory__\/parser\.test\.ts\.memory\.json/);
    if (at !== '') expect(message).toContain(`.memory.json:${at}`);
    expect(message).toContain('It was left as it is.');
  });

  it('ends in the middle wherever it was cut', () => {
    for (let length = 0; length < good.trimEnd().length; length++) {
      expect([length, problem(good.slice(0, length))]).toEqual([
        length,
        expect.stringContaining('it ends in the middle'),
      ]);
    }
  });

  it('points at the line of the number', () => {
    const lines = good.split('\n');
    const line = lines.findIndex((one) => one.includes('"value": 10000')) + 1;
    expect(problem(good.replace('"value": 10000', '"value": true'))).toContain(
      `.memory.json:${line}:`,
    );
  });

  it('of a newer format says so', () => {
    expect(problem('{"formatVersion": 2, "whatever": []}')).toContain(
      'its format is 2, this one reads 1',
    );
  });

  it('of a merge that was not resolved says so', () => {
    const text = good.replace('  "tests"', '<<<<<<< HEAD\n  "tests"');
    expect(problem(text)).toMatch(/unresolved merge conflict.*\n.*json:3:1/);
  });

  it('never does anything but say so', () => {
    fc.assert(
      fc.property(
        fc.nat(good.length),
        fc.nat(20),
        fc.string({ unit: 'binary', maxLength: 5 }),
        (from, length, insert) => {
          const text = good.slice(0, from) + insert + good.slice(from + length);
          expect(problem(text)).toMatch(/^(no problem$|The baseline file )/);
        },
      ),
      { numRuns: 500 },
    );
  });
});
