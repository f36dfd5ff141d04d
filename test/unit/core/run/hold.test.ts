import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import {
  dropHolds,
  holdRun,
  untilNobodyHolds,
} from '../../../../packages/core/src/run/hold.js';
import { makeFolders, workersFolder } from '../../../../packages/core/src/run/paths.js';

/** No process has that id. */
const DEAD = '999999999-0';

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'highwater-hold-'));
});
afterEach(() => {
  rmSync(root, { recursive: true });
});

/** Whether it has come back after some turns. */
async function isWaiting(done: Promise<void>): Promise<boolean> {
  const later = new Promise<boolean>((resolve) => setTimeout(resolve, 50, true));
  return Promise.race([done.then(() => false), later]);
}

describe('a run', () => {
  it('waits for a worker that holds it', async () => {
    const letGo = holdRun(root, `${process.pid}-3`, 'a.test.ts');
    const done = untilNobodyHolds(root);
    expect(await isWaiting(done)).toBe(true);
    letGo();
    await done;
    expect(readdirSync(workersFolder(root))).toEqual([]);
  });

  it('waits for the file it is asked for, and no other', async () => {
    const letGo = holdRun(root, `${process.pid}-3`, 'a.test.ts');
    await untilNobodyHolds(root, 'b.test.ts');
    const done = untilNobodyHolds(root, 'a.test.ts');
    expect(await isWaiting(done)).toBe(true);
    letGo();
    await done;
  });

  it('waits for no worker that was killed, and takes away what it left', async () => {
    makeFolders(root);
    writeFileSync(join(workersFolder(root), `${DEAD}.hold`), 'a.test.ts');
    await untilNobodyHolds(root);
    holdRun(root, `${process.pid}-3`, 'a.test.ts');
    dropHolds(root);
    expect(readdirSync(workersFolder(root))).toEqual([`${process.pid}-3.hold`]);
  });

  it('waits for nobody where nothing was recorded', async () => {
    await untilNobodyHolds(root);
    dropHolds(root);
    expect(readdirSync(root)).toEqual([]);
  });
});
