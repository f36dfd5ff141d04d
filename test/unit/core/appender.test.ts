import {
  closeSync,
  fstatSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appender } from '../../../packages/core/src/appender.js';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'appender-'));
  path = join(folder, 'lines');
});
afterEach(() => rmSync(folder, { recursive: true }));

/** The descriptor that the next file gets is one above those that are open. */
const descriptorsOf = (file: string): number[] => {
  const { dev, ino } = fstatSync(openSync(file, 'r'));
  return Array.from({ length: 200 }, (_, fd) => fd).filter((fd) => {
    try {
      const stat = fstatSync(fd);
      return stat.dev === dev && stat.ino === ino;
    } catch {
      return false;
    }
  });
};

it('has each text in the file when append returns', () => {
  const file = appender(path);
  file.append('one\n');
  expect(readFileSync(path, 'utf8')).toBe('one\n');
  file.append('zwölf\n');
  expect(readFileSync(path, 'utf8')).toBe('one\nzwölf\n');
  file.close();
});

it('goes on after close', () => {
  const file = appender(path);
  file.append('one\n');
  file.close();
  file.append('two\n');
  file.close();
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
});

it('writes nothing to a file that took its descriptor', () => {
  const file = appender(path);
  file.append('one\n');
  const [fd = -1] = descriptorsOf(path);
  closeSync(fd);
  const other = join(folder, 'other');
  // Files get the lowest number that is free.
  while (openSync(other, 'w') < fd);
  expect(fstatSync(fd).ino).toBe(fstatSync(openSync(other, 'r')).ino);
  file.append('two\n');
  file.close();
  expect(readFileSync(other, 'utf8')).toBe('');
  expect(readFileSync(path, 'utf8')).toBe('one\ntwo\n');
  // And what took it is still open.
  expect(fstatSync(fd).size).toBe(0);
});
