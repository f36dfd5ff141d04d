// Builds the addon for one Node and puts it where index.cjs looks for it.
//
//   node native/build.mjs [--node <path to a node binary>]
//
// Each ABI has its own build directory, so builds of several Nodes don't clobber
// each other. Nothing happens when sources, headers and Node are as they were.

import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const here = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);

/** What another Node binary says about itself. */
function describeNode(nodePath) {
  if (nodePath === process.execPath) {
    return {
      version: process.version,
      abi: process.versions.modules,
      platform: process.platform,
      arch: process.arch,
    };
  }
  const script =
    'JSON.stringify({version:process.version,abi:process.versions.modules,platform:process.platform,arch:process.arch})';
  return JSON.parse(execFileSync(nodePath, ['-p', script], { encoding: 'utf8' }));
}

function sourceFiles() {
  return readdirSync(join(here, 'src'), { recursive: true })
    .filter((file) => /\.(cc|h)$/.test(file))
    .sort()
    .map((file) => join('src', file));
}

function contentHash(node) {
  const hash = createHash('sha256');
  hash.update(JSON.stringify(node));
  for (const file of ['binding.gyp', 'build.mjs', ...sourceFiles()]) {
    hash.update(`\0${file}\0`).update(readFileSync(join(here, file)));
  }
  return hash.digest('hex');
}

/** The directory whose include/node holds headers of this very ABI, when one is at hand. */
function findHeaders(nodePath, node) {
  const candidates = [
    process.env.npm_config_nodedir,
    resolve(dirname(realpathSync(nodePath)), '..'),
  ];
  return candidates.find((directory) => {
    if (!directory) return false;
    const header = join(directory, 'include/node/node_version.h');
    if (!existsSync(header) || !existsSync(join(directory, 'include/node/node.h'))) {
      return false;
    }
    const abi = /#define NODE_MODULE_VERSION (\d+)/.exec(readFileSync(header, 'utf8'));
    return abi?.[1] === node.abi;
  });
}

/** A directory that node-gyp takes for the package, with this ABI's build/ in it. */
function stage(node) {
  const directory = join(here, '.build', `abi${node.abi}`);
  mkdirSync(directory, { recursive: true });
  copyFileSync(join(here, 'binding.gyp'), join(directory, 'binding.gyp'));
  if (!existsSync(join(directory, 'src'))) {
    symlinkSync('../../src', join(directory, 'src'), 'dir');
  }
  return directory;
}

/** Runs node-gyp in a directory with a binding.gyp; compiled for one Node. */
export function runNodeGyp(nodePath, directory) {
  const node = describeNode(nodePath);
  const headers = findHeaders(nodePath, node);
  const env = { ...process.env };
  // node-gyp reads npm's settings: a nodedir of another Node would win.
  for (const name of Object.keys(env)) {
    if (/^npm_(config|package_config_node_gyp)_nodedir$/i.test(name)) delete env[name];
  }
  // binding.gyp calls `node`: let it be one that exists.
  env.PATH = `${dirname(process.execPath)}:${env.PATH ?? ''}`;
  const { status, error } = spawnSync(
    nodePath,
    [
      require.resolve('node-gyp/bin/node-gyp.js'),
      'configure',
      'build',
      '--release',
      '--jobs=max',
      '--silent',
      `--directory=${directory}`,
      ...(headers ? [`--nodedir=${headers}`] : []),
    ],
    { stdio: ['ignore', 'inherit', 'inherit'], env },
  );
  if (error) throw error;
  if (status !== 0) {
    throw new Error(`${directory} does not build for Node ${node.version}; see above.`);
  }
}

function compile(nodePath, node) {
  const directory = stage(node);
  runNodeGyp(nodePath, directory);
  return join(directory, 'build/Release/highwater.node');
}

/**
 * Makes the addon of one Node current.
 * @param {{ node?: string }} [options] `node`: path to a node binary; this one when absent
 * @returns {boolean} whether anything had to be built
 */
export function buildNative({ node: nodePath = process.execPath } = {}) {
  const node = describeNode(nodePath);
  const directory = join(here, 'prebuilds', `${node.platform}-${node.arch}`);
  const binary = join(directory, `node.abi${node.abi}.node`);
  const marker = join(here, '.build', `abi${node.abi}.hash`);
  const hash = contentHash(node);
  if (existsSync(binary) && existsSync(marker) && readFileSync(marker, 'utf8') === hash) {
    return false;
  }
  console.log(`highwater: building the addon for Node ${node.version} (ABI ${node.abi})`);
  const built = compile(nodePath, node);
  mkdirSync(directory, { recursive: true });
  // Renamed into place: a running process keeps the file it has mapped.
  const temporary = `${binary}.${process.pid}`;
  copyFileSync(built, temporary);
  renameSync(temporary, binary);
  rmSync(marker, { force: true });
  writeFileSync(marker, hash);
  return true;
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  const { values } = parseArgs({ options: { node: { type: 'string' } } });
  const built = buildNative(values.node ? { node: resolve(values.node) } : {});
  if (!built) console.log('highwater: the addon is up to date');
}
