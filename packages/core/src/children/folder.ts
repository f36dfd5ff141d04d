// Where the children of this process leave their reports.

import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isAlive } from '../alive.js';
import { firstWorld } from '../first-world.js';
import { namesIn } from '../folder.js';

interface State {
  folder: string | undefined;
  nextPrefix: number;
}

interface World {
  [KEY]?: State;
}

const KEY: unique symbol = Symbol.for('highwater.children') as never;

const FOLDER = /^highwater-children-(\d+)-\w+$/;
const LEFT_BEHIND_MS = 3_600_000;

/** The process as Node made it: Jest gives tests a copy. */
export function realProcess(): NodeJS.Process {
  return firstWorld().process;
}

/** Of this process, made when it is first asked for. */
export function reportsFolder(): string {
  const known = state();
  if (known.folder === undefined) {
    dropFoldersOfDead();
    known.folder = mkdtempSync(
      join(tmpdir(), `highwater-children-${realProcess().pid}-`),
    );
  }
  return known.folder;
}

/** Takes the folder away. Who reports later reports to nobody. */
export function dropReports(): void {
  const known = firstWorld<World>()[KEY];
  if (known?.folder === undefined) return;
  rmSync(known.folder, { recursive: true, force: true });
  known.folder = undefined;
}

/** For {@link REPORTS_VARIABLE}: reports of whoever gets it are told from all others. */
export function newPrefix(): string {
  const mine = state();
  mine.nextPrefix += 1;
  return join(reportsFolder(), `${mine.nextPrefix}-`);
}

function state(): State {
  const world = firstWorld<World>();
  if (world[KEY] === undefined) {
    world[KEY] = { folder: undefined, nextPrefix: 0 };
    world.process.once('exit', dropReports);
  }
  return world[KEY];
}

/** Runners kill their workers: these take nothing away. */
function dropFoldersOfDead(): void {
  for (const name of namesIn(tmpdir())) {
    const [, pid] = FOLDER.exec(name) ?? [];
    if (pid === undefined || isAlive(Number(pid))) continue;
    const folder = join(tmpdir(), name);
    try {
      // A process of another container, which shares nothing but the folder, looks dead from here.
      if (Date.now() - statSync(folder).mtimeMs < LEFT_BEHIND_MS) continue;
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Another user's, or gone.
    }
  }
}
