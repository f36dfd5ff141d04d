import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  baselinePath,
  pathBelow,
  projectRoot,
  testFileOf,
} from '../../../../packages/core/src/baseline/paths.js';
import {
  readBaseline,
  writeBaseline,
} from '../../../../packages/core/src/baseline/store.js';
import {
  LockedError,
  updateFile,
} from '../../../../packages/core/src/baseline/update-file.js';
import type { BaselineRecord } from '../../../../packages/core/src/types.js';
import { bytes, record } from './records.js';

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'highwater-store-'));
  file = join(folder, '__memory__/a.test.ts.memory.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

function write(
  records: Record<string, BaselineRecord>,
  environment = 'node22-linux-x64',
) {
  writeBaseline(file, {
    environment,
    records: new Map(Object.entries(records)),
    removed: new Set(),
  });
}

function remove(...keys: string[]): void {
  writeBaseline(file, {
    environment: 'node22-linux-x64',
    records: new Map(),
    removed: new Set(keys),
  });
}

function text(): string {
  return readFileSync(file, 'utf8');
}

describe('a store', () => {
  it('makes the folder, and leaves nothing else there', () => {
    write({ parses: record() });
    expect(readBaseline(file).get('parses')?.get('node22-linux-x64')).toEqual(record());
    expect(readdirSync(join(folder, '__memory__'))).toEqual(['a.test.ts.memory.json']);
  });

  it('adds to what others wrote in the meantime', () => {
    write({ a: record() });
    write({ b: record() });
    write({ a: record({ node: '24.0.0' }) }, 'node24-linux-x64');
    expect([...readBaseline(file)].map(([key, inner]) => [key, ...inner.keys()])).toEqual(
      [
        ['a', 'node22-linux-x64', 'node24-linux-x64'],
        ['b', 'node22-linux-x64'],
      ],
    );
  });

  it('keeps the bytes of a file that says the same', () => {
    write({ a: record() });
    const reformatted = JSON.stringify(JSON.parse(text()));
    writeFileSync(file, reformatted);
    write({ a: record() });
    expect(text()).toBe(reformatted);
  });

  it('keeps Windows line ends', () => {
    write({ a: record() });
    writeFileSync(file, text().replaceAll('\n', '\r\n'));
    write({ b: record() });
    expect(
      text()
        .split('\n')
        .every((line, index, all) => index === all.length - 1 || line.endsWith('\r')),
    ).toBe(true);
    expect(readBaseline(file).size).toBe(2);
  });

  it('removes an entry, then the environment of another, then the file', () => {
    write({ a: record(), b: record() });
    write({ b: record() }, 'node24-linux-x64');
    remove('a', 'b');
    expect([...readBaseline(file).keys()]).toEqual(['b']);
    expect([...(readBaseline(file).get('b') ?? new Map()).keys()]).toEqual([
      'node24-linux-x64',
    ]);
    writeFileSync(file, text().replaceAll('node24', 'node22'));
    remove('b');
    expect(existsSync(file)).toBe(false);
  });

  it('writes through a link', () => {
    const real = join(folder, 'real.json');
    writeFileSync(real, '{"formatVersion": 1, "tests": {}}');
    mkdirSync(join(folder, '__memory__'));
    symlinkSync(real, file);
    write({ a: record() });
    expect(JSON.parse(readFileSync(real, 'utf8')).tests).toHaveProperty('a');
  });

  it('never overwrites what it cannot read', () => {
    mkdirSync(join(folder, '__memory__'));
    for (const broken of [
      '{"formatVersion": 1, "tests": {',
      '{"formatVersion": 2}',
      '',
    ]) {
      writeFileSync(file, broken);
      expect(() => write({ a: record() })).toThrow('The baseline file');
      expect(text()).toBe(broken);
    }
    expect(readdirSync(join(folder, '__memory__'))).toHaveLength(1);
  });

  it('says when the file is a folder, or the folder a file', () => {
    mkdirSync(file, { recursive: true });
    expect(() => readBaseline(file)).toThrow(/cannot be read: Error: EISDIR/);
    expect(() => write({ a: record() })).toThrow('The baseline could not be written');
    rmSync(join(folder, '__memory__'), { recursive: true });
    writeFileSync(join(folder, '__memory__'), '');
    expect(() => write({ a: record() })).toThrow('The baseline could not be written');
  });

  it('keeps tests of any name', () => {
    const names = [
      '__proto__',
      'constructor',
      '../../etc/passwd',
      '12',
      '\u001b[31m',
      '\0',
      '',
    ];
    for (const [index, name] of names.entries()) {
      writeBaseline(file, {
        environment: 'node22-linux-x64',
        records: new Map([[name, bytes(index)]]),
        removed: new Set(),
      });
    }
    const found = readBaseline(file);
    for (const [index, name] of names.entries()) {
      expect(found.get(name)?.get('node22-linux-x64')).toEqual(bytes(index));
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
});

describe('a lock', () => {
  const lock = () => `${file}.lock`;
  const own = (pid: number, host = hostname()) => join(lock(), `${pid}@${host}@x`);
  // Beyond the largest process id of Linux.
  const DEAD = 2 ** 22 + 1;
  const soon = () => updateFile(file, () => ({ text: 'x' }), 50);

  it('is waited for, and its owner is told of', () => {
    mkdirSync(lock(), { recursive: true });
    writeFileSync(own(process.pid), '');
    expect(soon).toThrow(LockedError);
    expect(existsSync(file)).toBe(false);
    expect(readdirSync(lock())).toHaveLength(1);
    expect(readdirSync(join(folder, '__memory__'))).toHaveLength(1);
  });

  it('of a process that is gone is taken, and all it left removed', () => {
    mkdirSync(lock(), { recursive: true });
    writeFileSync(own(DEAD), 'half');
    const ticket = `${lock()}.${DEAD}@${hostname()}@y`;
    mkdirSync(ticket);
    writeFileSync(join(ticket, 'z'), '');
    soon();
    expect(text()).toBe('x');
    expect(readdirSync(join(folder, '__memory__'))).toEqual(['a.test.ts.memory.json']);
  });

  it('that nobody owns is taken', () => {
    mkdirSync(lock(), { recursive: true });
    soon();
    expect(text()).toBe('x');
  });

  it('of another machine is taken when it is old', () => {
    mkdirSync(lock(), { recursive: true });
    writeFileSync(own(1, 'elsewhere'), '');
    expect(soon).toThrow(LockedError);
    utimesSync(own(1, 'elsewhere'), 0, 0);
    soon();
    expect(text()).toBe('x');
  });

  it('that was taken away means to start again, with what is there by now', () => {
    let calls = 0;
    updateFile(file, (before) => {
      calls++;
      if (calls === 1) {
        // Somebody thought we were dead, wrote, and is done.
        rmSync(lock(), { recursive: true });
        writeFileSync(file, 'theirs');
      }
      return { text: `${before ?? ''}+ours` };
    });
    expect(calls).toBe(2);
    expect(text()).toBe('theirs+ours');
  });

  it("that is somebody else's by now is left to them", () => {
    let calls = 0;
    const attempt = () =>
      updateFile(
        file,
        () => {
          calls++;
          rmSync(lock(), { recursive: true });
          mkdirSync(lock());
          writeFileSync(own(process.pid), '');
          return { text: 'ours' };
        },
        50,
      );
    expect(attempt).toThrow(LockedError);
    expect(calls).toBe(1);
    expect(existsSync(file)).toBe(false);
    expect(existsSync(own(process.pid))).toBe(true);
  });

  it('goes when the change fails', () => {
    mkdirSync(join(folder, '__memory__'));
    writeFileSync(file, 'before');
    expect(() =>
      updateFile(file, () => {
        throw new Error('no');
      }),
    ).toThrow('no');
    expect(text()).toBe('before');
    expect(existsSync(lock())).toBe(false);
  });
});

describe('paths', () => {
  it('lead from the test to its baselines and back', () => {
    const path = baselinePath('/app/src/a.test.ts');
    expect(path).toBe('/app/src/__memory__/a.test.ts.memory.json');
    expect(testFileOf(path)).toBe('/app/src/a.test.ts');
    expect(baselinePath('/app/src/a.test.js')).not.toBe(path);
  });

  it.each([
    ['/app/src/a.ts', 'src/a.ts'],
    ['/other/a.ts', '../other/a.ts'],
    ['C:\\app\\src\\a.ts', 'C:/app/src/a.ts'],
    ['/app/node_modules/a/b.js', 'node_modules/a/b.js'],
    ['/node_modules/.pnpm/a@1/node_modules/@s/a/b.js', 'node_modules/@s/a/b.js'],
    ['node:fs', 'node:fs'],
    ['', ''],
  ])('%j below /app is %j', (path, expected) => {
    if (!path.startsWith('C:')) expect(pathBelow('/app', path)).toBe(expected);
    else expect(pathBelow('C:\\app', path)).toBe('src/a.ts');
  });

  it('start at the nearest package.json', () => {
    const exists = (path: string) => path === '/app/package.json';
    expect(projectRoot('/app/src/deep/a.test.ts', exists)).toBe('/app');
    expect(projectRoot('/tmp/a.test.ts', () => false)).toBe('/tmp');
  });
});
