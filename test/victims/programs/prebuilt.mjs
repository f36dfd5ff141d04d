// Victims that call addons of others. These are loaded when a victim is made: other victims' processes
// stay as they are.

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { requireAddon } from '../addons/install.mjs';

const SIDE = 32;
const RED = { width: 64, height: 64, channels: 3, background: 'red' };

function thumbnails() {
  const sharp = requireAddon('sharp');
  let image;
  return async () => {
    image ??= await sharp({ create: RED }).png().toBuffer();
    return sharp(image).resize(SIDE).raw().toBuffer();
  };
}

/** 32 x 32 pixels of 3 bytes, in memory of libvips, made in Node's pool. */
export function keptThumbnail() {
  const thumbnail = thumbnails();
  const kept = [];
  return async function keep() {
    kept.push(await thumbnail());
  };
}

export function droppedThumbnail() {
  const thumbnail = thumbnails();
  return async function drop() {
    await thumbnail();
  };
}

function databases() {
  const { open } = requireAddon('lmdb');
  const folder = mkdtempSync(join(tmpdir(), 'highwater-lmdb-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  let count = 0;
  return (name = String(count++ % 3)) =>
    open({ path: join(folder, name), mapSize: 1 << 20 });
}

/** lmdb 3.5.6 keeps what `new EnvWrap` made, the path that closing copies, and a list of free pages. */
export function openedAndClosedDatabase() {
  const open = databases();
  return async function openAndClose() {
    const database = open();
    await database.put('key', 1);
    await database.close();
  };
}

export function openDatabase() {
  const database = databases()('one');
  let calls = 0;
  return async function putAndGet() {
    await database.put(`key ${calls++ % 50}`, { calls });
    return database.get('key 1');
  };
}
