// Puts the packages into a copy of a project, as an install of their tarballs would, without a registry.

import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { packPackages, root } from '../tools/project.mjs';

const readManifest = (folder) =>
  JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));

function run(command, args) {
  const { status, stderr, error } = spawnSync(command, args, { encoding: 'utf8' });
  if (status !== 0) {
    throw new Error(`${command} ${args.join(' ')} failed:\n${error?.message ?? stderr}`);
  }
}

/** Outside the repository: a project below it would find the repository's packages and configs. */
export function copyProject(dir) {
  const copy = join(mkdtempSync(join(tmpdir(), 'highwater-suites-')), basename(dir));
  // Not cpSync: with the links of pnpm it is slow, and follows some.
  run('cp', ['-a', dir, copy]);
  rmSync(join(copy, '.highwater'), { recursive: true, force: true });
  return copy;
}

/** Unpacks a folder of tarballs to one folder for each. */
function unpack(tarballs) {
  const target = mkdtempSync(join(tmpdir(), 'highwater-packed-'));
  for (const name of readdirSync(tarballs).filter((name) => name.endsWith('.tgz'))) {
    const folder = join(target, name);
    mkdirSync(folder);
    run('tar', ['-xzf', join(tarballs, name), '-C', folder, '--strip-components=1']);
  }
  return target;
}

/**
 * @param {string} copy the project
 * @param {string | undefined} tarballs a folder of them; without it the packages are packed as they are now
 */
export function installPackages(copy, tarballs) {
  const unpacked = tarballs === undefined ? packPackages() : unpack(tarballs);
  const modules = join(copy, 'node_modules');
  const dependencies = new Set();
  for (const folder of readdirSync(unpacked)) {
    const manifest = readManifest(join(unpacked, folder));
    const target = join(modules, manifest.name);
    rmSync(target, { recursive: true, force: true });
    cpSync(join(unpacked, folder), target, { recursive: true });
    for (const name of Object.keys(manifest.dependencies ?? {})) dependencies.add(name);
  }
  // Where these packages look, and the project's own do not.
  const places = ['@highwater/node_modules', 'highwater/node_modules'];
  for (const place of places) copyDependencies(dependencies, join(modules, place));
  if (tarballs !== undefined) rmSync(unpacked, { recursive: true });
}

const isOurs = (name) => name === 'highwater' || name.startsWith('@highwater/');

/** As this repository has them installed, with what they need in turn. */
function copyDependencies(names, target) {
  const open = [...names];
  const done = new Set();
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const folder = join(root, 'node_modules', name);
    if (done.has(name) || isOurs(name) || !existsSync(folder)) continue;
    done.add(name);
    cpSync(folder, join(target, name), { recursive: true });
    open.push(...Object.keys(readManifest(folder).dependencies ?? {}));
  }
}
