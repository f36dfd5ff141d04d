import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import {
  obsoleteFiles,
  removeFiles,
} from '../../../../packages/core/src/baseline/obsolete-files.js';

it('baseline files whose tests are gone are found, but not in node_modules', () => {
  const root = mkdtempSync(join(tmpdir(), 'highwater-obsolete-'));
  const put = (path: string): string => {
    mkdirSync(join(root, path, '..'), { recursive: true });
    writeFileSync(join(root, path), '');
    return join(root, path);
  };
  const gone = put('a/__memory__/gone.test.ts.memory.json');
  put('a/__memory__/here.test.ts.memory.json');
  put('a/here.test.ts');
  put('a/__memory__/notes.txt');
  put('node_modules/x/__memory__/gone.test.ts.memory.json');
  put('.cache/__memory__/gone.test.ts.memory.json');
  expect(obsoleteFiles(root)).toEqual([gone]);
  removeFiles([gone]);
  expect(existsSync(gone)).toBe(false);
  expect(obsoleteFiles(join(root, 'nowhere'))).toEqual([]);
  rmSync(root, { recursive: true });
});
