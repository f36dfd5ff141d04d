import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  findReports,
  reportOf,
  reportsBelow,
} from '../../../../packages/core/src/children/reports.js';

let readCount = 0;
vi.mock('node:fs', async (importOriginal) => {
  const fs = await importOriginal<typeof import('node:fs')>();
  return {
    ...fs,
    readFileSync: (...args: Parameters<typeof fs.readFileSync>) => {
      readCount += 1;
      return fs.readFileSync(...args);
    },
  };
});

describe('reports', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'highwater-test-'));
    readCount = 0;
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const write = (pid: number, ancestors: readonly number[], startedAtMs = pid): void => {
    mkdirSync(join(folder, String(pid)), { recursive: true });
    const report = { version: 1, pid, ancestors, args: ['node'], startedAtMs };
    const file = join(folder, String(pid), `1-${startedAtMs}.json`);
    writeFileSync(file, JSON.stringify(report));
    for (const above of ancestors) {
      mkdirSync(join(folder, String(above)), { recursive: true });
      writeFileSync(join(folder, String(above), `below-${pid}`), '');
    }
  };

  it('are found by process, and the last that had an id is meant', () => {
    write(7, [], 1);
    write(7, [], 2);
    expect(reportOf(folder, 7)?.startedAtMs).toBe(2);
    expect(reportOf(folder, 8)).toBeUndefined();
  });

  it('are found by those above them', () => {
    write(9, [7, 5]);
    write(8, [7, 5]);
    write(6, [5]);
    expect(reportsBelow(folder, 7).map(({ pid }) => pid)).toEqual([8, 9]);
    expect(reportsBelow(folder, 5).map(({ pid }) => pid)).toEqual([6, 8, 9]);
    expect(reportsBelow(folder, 9)).toEqual([]);
    expect(findReports(folder).map(({ pid }) => pid)).toEqual([6, 8, 9]);
  });

  it('of one child are found without reading those of others', () => {
    const children = Array.from({ length: 300 }, (_, index) => index + 1);
    for (const pid of children) write(pid, []);
    for (const pid of children) {
      expect(reportOf(folder, pid)?.pid).toBe(pid);
      expect(reportsBelow(folder, pid)).toEqual([]);
    }
    expect(readCount).toBe(children.length);
  });

  it('that are broken are none', () => {
    mkdirSync(join(folder, '7'));
    writeFileSync(join(folder, '7', '1-1.json'), '{"version":1');
    writeFileSync(join(folder, '7', 'notes.txt'), '');
    expect(findReports(folder)).toEqual([]);
  });
});
